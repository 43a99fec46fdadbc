/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rec: the grammar of a line, and the values of a record that was read. */
#include "rec.h"
#include "unit.h"

#include <errno.h>

static const char *parse(const char *line, struct rec *out)
{
	unit_row = line;
	return rec_parse(line, strlen(line), out);
}

static void grammar_accepts(void)
{
	static const struct {
		const char *line;
		unsigned int pairs;
	} cases[] = {
		{"page\n", 0},
		{"p\n", 0},
		{"a0_z9\n", 0},
		{"type\n", 0}, /* reserved as a key only */
		{"page k=v\n", 1},
		{"page k=\n", 1},
		{"page k= l=\n", 2},
		{"page k==\n", 1},
		{"page k=a=b=c\n", 1},
		{"page k==v l=1\n", 2},
		{"page k=!~#\"'%,;[]^`{|}@\n", 1},
		{"page k=\\x20\n", 1},
		{"page k=\\x00\\xff\\x5c\\x0a\\x7f\n", 1},
		{"page types=1 typ=2 type_=3\n", 3},
		{"page k=v kk=v k0=v k_=v\n", 4},
		{"page ab=1 ba=2 aab=3 abb=4\n", 4},
		{"ce addr=0x0000000a00001000 size=64 dimm=CPU0\\x20DIMM\\x20A1\n", 3},
	};
	struct rec rec;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CHECK_TEXT(parse(cases[i].line, &rec), NULL);
		CHECK_U64(rec.pairs, cases[i].pairs);
	}
}

static void grammar_refuses(void)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{"\n", "not a type word"},
		{" page\n", "not a type word"},
		{"=\n", "not a type word"},
		{"Page\n", "not a type word"},
		{"0page\n", "not a type word"},
		{"_page\n", "not a type word"},
		{"pAge\n", "not a type word"},
		{"pa-ge\n", "not a type word"},
		{"page\t\n", "not a type word"},
		{"page\r\n", "not a type word"},
		{"page=1\n", "not a type word"},
		{"p\xc3\xa4ge\n", "not a type word"},
		{"page\tk=v\n", "not a type word"},
		{"page \n", "blank where a key should be"},
		{"page  k=v\n", "blank where a key should be"},
		{"page k=v \n", "blank where a key should be"},
		{"page k=v  l=v\n", "blank where a key should be"},
		{"page word\n", "word without ="},
		{"page k=v word\n", "word without ="},
		{"page word k=v\n", "word without ="},
		{"page =v\n", "not a key"},
		{"page K=v\n", "not a key"},
		{"page 0k=v\n", "not a key"},
		{"page _k=v\n", "not a key"},
		{"page kK=v\n", "not a key"},
		{"page k-k=v\n", "not a key"},
		{"page k\\x20=v\n", "not a key"},
		{"page \tk=v\n", "not a key"},
		{"page k=v\tl=v\n", "unescaped byte in a value"},
		{"page k=v\r\n", "unescaped byte in a value"},
		{"page k=\x7f\n", "unescaped byte in a value"},
		{"page k=\xc3\xa4\n", "unescaped byte in a value"},
		{"page k=\\\n", "broken escape in a value"},
		{"page k=\\x\n", "broken escape in a value"},
		{"page k=\\x2\n", "broken escape in a value"},
		{"page k=\\x2 l=\n", "broken escape in a value"},
		{"page k=\\\\\n", "broken escape in a value"},
		{"page k=\\n\n", "broken escape in a value"},
		{"page k=\\040\n", "broken escape in a value"},
		{"page k=\\X20\n", "broken escape in a value"},
		{"page k=\\x2G\n", "broken escape in a value"},
		{"page k=\\xFF\n", "broken escape in a value"},
		{"page k=\\x41\n", "needless escape in a value"},
		{"page k=\\x20\\x7e\n", "needless escape in a value"},
		{"page k=1 k=1\n", "repeated key"},
		{"page k=1 l=2 k=\n", "repeated key"},
		{"page aab=1 abb=2 aab=3\n", "repeated key"},
		{"page type=1\n", "reserved key"},
		{"page k=1 type=\n", "reserved key"},
	};
	struct rec rec;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK_TEXT(parse(cases[i].line, &rec), cases[i].why);
}

/* NUL ends no line and stands for nothing, wherever it is. */
static void grammar_refuses_nul(void)
{
	static const char line[] = "page k=v l=\\x20\n";
	struct rec rec;

	for (size_t at = 0; at < strlen(line) - 1; at++) {
		char bad[sizeof(line)];

		memcpy(bad, line, sizeof(line));
		bad[at] = '\0';
		CHECK(rec_parse(bad, strlen(line), &rec) != NULL);
	}
}

/* Plain bytes only as themselves, all others only as an escape in lower case. */
static void every_byte_has_one_spelling(void)
{
	struct rec rec;

	for (int byte = 0; byte < 256; byte++) {
		bool plain = byte > 0x20 && byte < 0x7f && byte != '\\';
		char raw[] = {'t', ' ', 'k', '=', (char)byte, '\n'};
		char escaped[16];

		snprintf(escaped, sizeof(escaped), "t k=\\x%02x\n", byte);
		CHECK_TEXT(parse(escaped, &rec), plain ? "needless escape in a value" : NULL);
		if (byte == '\n')
			continue; /* would be the end of the line */
		CHECK((rec_parse(raw, sizeof(raw), &rec) == NULL) == plain);
		snprintf(escaped, sizeof(escaped), "t k=\\x%02X\n", byte);
		if (strpbrk(escaped, "ABCDEF"))
			CHECK_TEXT(parse(escaped, &rec), "broken escape in a value");
	}
}

static void a_line_has_at_most_4096_bytes(void)
{
	char line[REC_LINE_MAX + 2] = "page k=";
	struct rec rec;

	memset(line + 7, 'v', sizeof(line) - 7);
	line[REC_LINE_MAX - 1] = '\n';
	CHECK_TEXT(rec_parse(line, REC_LINE_MAX, &rec), NULL);
	CHECK_U64(rec.pair[0].value_len, REC_LINE_MAX - 8);
	line[REC_LINE_MAX - 1] = 'v';
	line[REC_LINE_MAX] = '\n';
	CHECK_TEXT(rec_parse(line, REC_LINE_MAX + 1, &rec), "line too long");
}

static void make_keys(char *line, int keys)
{
	char *p = stpcpy(line, "page");

	for (int i = 0; i < keys; i++)
		p += sprintf(p, " k%d=%d", i, i);
	strcpy(p, "\n");
}

static void a_record_has_at_most_64_keys(void)
{
	char line[REC_LINE_MAX];
	uint64_t last;
	struct rec rec;

	make_keys(line, 64);
	CHECK_TEXT(rec_parse(line, strlen(line), &rec), NULL);
	CHECK_U64(rec.pairs, 64);
	CHECK(rec_u64(&rec, "k63", &last) == 0 && last == 63);
	make_keys(line, 65);
	CHECK_TEXT(rec_parse(line, strlen(line), &rec), "too many keys");
}

/* The look-up that finds repetitions is a hash: two keys of each first and last letter. */
static void repetition_is_found_among_any_keys(void)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	struct rec rec;

	for (const char *a = letters; *a; a++)
		for (const char *b = letters; *b; b++) {
			char line[64];

			snprintf(
				line, sizeof(line), "t %cx%c=1 %cy%c=2 %c=3\n", *a, *b, *a, *b, *a);
			CHECK_TEXT(parse(line, &rec), NULL);
			snprintf(line, sizeof(line), "t %cx%c=1 %cy%c=2 %cx%c=3\n", *a, *b, *a, *b,
				*a, *b);
			CHECK_TEXT(parse(line, &rec), "repeated key");
		}
}

static void parts_point_into_the_line(void)
{
	static const char line[] = "page addr=0x1 dimm=A\\x201 empty= eq=a=b\n";
	struct rec rec;

	CHECK_TEXT(parse(line, &rec), NULL);
	CHECK(rec.line == line && rec.line_len == strlen(line) && rec.type_len == 4);
	CHECK_U64(rec.pairs, 4);
	CHECK(rec.pair[1].key == line + 14 && rec.pair[1].key_len == 4);
	CHECK(rec.pair[1].value == line + 19 && rec.pair[1].value_len == 6);
	CHECK(rec.pair[2].value_len == 0);
	CHECK(rec.pair[3].value_len == 3 && memcmp(rec.pair[3].value, "a=b", 3) == 0);
}

static void whole_words_are_compared(void)
{
	struct rec rec;

	CHECK_TEXT(parse("page addr=abc size= text=a\\x20b\n", &rec), NULL);
	CHECK(rec_is(&rec, "page"));
	CHECK(!rec_is(&rec, "pag"));
	CHECK(!rec_is(&rec, "pages"));
	CHECK(!rec_is(&rec, "addr"));
	CHECK(!rec_is(&rec, ""));
	CHECK(rec_find(&rec, "addr") == &rec.pair[0]);
	CHECK(rec_find(&rec, "size") == &rec.pair[1]);
	CHECK(rec_find(&rec, "add") == NULL);
	CHECK(rec_find(&rec, "addrs") == NULL);
	CHECK(rec_find(&rec, "page") == NULL);
	CHECK(rec_find(&rec, "") == NULL);
	CHECK(rec_value_is(&rec, "addr", "abc"));
	CHECK(!rec_value_is(&rec, "addr", "ab"));
	CHECK(!rec_value_is(&rec, "addr", "abcd"));
	CHECK(rec_value_is(&rec, "size", ""));
	CHECK(!rec_value_is(&rec, "none", ""));
	CHECK(rec_value_is(&rec, "text", "a\\x20b"));
	CHECK(!rec_value_is(&rec, "text", "a b"));
}

/* Read "k=VALUE" with READ; errno, or 0. */
static int read_value(
	int (*read)(const struct rec *, const char *, uint64_t *), const char *value, uint64_t *out)
{
	char line[128];
	struct rec rec;

	snprintf(line, sizeof(line), "t k=%s\n", value);
	CHECK_TEXT(parse(line, &rec), NULL);
	unit_row = value;
	errno = 0;

	int result = read(&rec, "k", out);

	CHECK(result == (errno ? -1 : 0));
	return errno;
}

struct value_case {
	const char *value;
	int error;
	uint64_t number;
};

static void check_values(int (*read)(const struct rec *, const char *, uint64_t *),
	const struct value_case *c, size_t n)
{
	for (; n > 0; n--, c++) {
		uint64_t number = 4711;

		CHECK_U64(read_value(read, c->value, &number), c->error);
		CHECK_U64(number, c->error ? 4711 : c->number);
	}
}

static void address_has_16_lower_case_digits(void)
{
	static const struct value_case cases[] = {
		{"0x0000000000000000", 0, 0},
		{"0x000000123456f000", 0, 0x123456f000},
		{"0xfedcba9876543210", 0, 0xfedcba9876543210},
		{"0xffffffffffffffff", 0, UINT64_MAX},
		{"0xFFFFFFFFFFFFFFFF", EBADMSG, 0},
		{"0X0000000000000000", EBADMSG, 0},
		{"0x000000000000000", EBADMSG, 0},
		{"0x00000000000000000", EBADMSG, 0},
		{"000000000000000000", EBADMSG, 0},
		{"0x000000000000000g", EBADMSG, 0},
		{"0x00000000\\x2000000", EBADMSG, 0},
		{"0x-000000000000001", EBADMSG, 0},
		{"0x", EBADMSG, 0},
		{"1", EBADMSG, 0},
		{"", EBADMSG, 0},
	};

	check_values(rec_addr, cases, sizeof(cases) / sizeof(*cases));
}

static void number_is_decimal_without_leading_zero(void)
{
	static const struct value_case cases[] = {
		{"0", 0, 0},
		{"1", 0, 1},
		{"10", 0, 10},
		{"18446744073709551615", 0, UINT64_MAX},
		{"18446744073709551616", EBADMSG, 0},
		{"18446744073709551620", EBADMSG, 0},
		{"184467440737095516150", EBADMSG, 0},
		{"00", EBADMSG, 0},
		{"01", EBADMSG, 0},
		{"-1", EBADMSG, 0},
		{"+1", EBADMSG, 0},
		{"1.0", EBADMSG, 0},
		{"1K", EBADMSG, 0},
		{"0x10", EBADMSG, 0},
		{"1\\x20", EBADMSG, 0},
		{"/", EBADMSG, 0},
		{":", EBADMSG, 0},
		{"", EBADMSG, 0},
	};

	check_values(rec_u64, cases, sizeof(cases) / sizeof(*cases));
}

static void missing_key_is_enoent(void)
{
	uint64_t number = 4711;
	struct rec rec;

	CHECK_TEXT(parse("t k=1\n", &rec), NULL);
	errno = 0;
	CHECK(rec_addr(&rec, "l", &number) == -1 && errno == ENOENT);
	errno = 0;
	CHECK(rec_u64(&rec, "l", &number) == -1 && errno == ENOENT);
	CHECK_U64(number, 4711);
}

static void unescape_gives_the_bytes(void)
{
	char out[16];

	CHECK(rec_unescape("", 0, out) == 0);
	CHECK(rec_unescape("abc", 3, out) == 3 && memcmp(out, "abc", 3) == 0);
	CHECK(rec_unescape("a\\x20b", 6, out) == 3 && memcmp(out, "a b", 3) == 0);
	CHECK(rec_unescape("\\x00\\xff", 8, out) == 2 && memcmp(out, "\0\xff", 2) == 0);
	CHECK(rec_unescape("\\x5cx41", 7, out) == 4 && memcmp(out, "\\x41", 4) == 0);
}

static void text_is_a_string_that_fits(void)
{
	struct rec rec;
	char out[4];

	CHECK_TEXT(parse("t a=abc b=\\x20 c=abcd d= e=a\\x00\n", &rec), NULL);
	CHECK(rec_text(&rec, "a", out, sizeof(out)));
	CHECK_TEXT(out, "abc");
	CHECK(rec_text(&rec, "b", out, sizeof(out)));
	CHECK_TEXT(out, " ");
	for (const char *key = "cdef"; *key; key++) {
		const char name[] = {*key, '\0'};

		CHECK(!rec_text(&rec, name, out, sizeof(out)));
		CHECK_TEXT(out, "");
	}
}

static void names_start_with_a_letter(void)
{
	CHECK(rec_is_name("a", 1));
	CHECK(rec_is_name("z9_", 3));
	CHECK(!rec_is_name("", 0));
	CHECK(!rec_is_name("9", 1));
	CHECK(!rec_is_name("_a", 2));
	CHECK(!rec_is_name("A", 1));
	CHECK(!rec_is_name("aB", 2));
	CHECK(!rec_is_name("a-b", 3));
	CHECK(!rec_is_name("a\0b", 3));
	CHECK(rec_is_name("a-b", 1));
}

int main(void)
{
	UNIT(grammar_accepts);
	UNIT(grammar_refuses);
	UNIT(grammar_refuses_nul);
	UNIT(every_byte_has_one_spelling);
	UNIT(a_line_has_at_most_4096_bytes);
	UNIT(a_record_has_at_most_64_keys);
	UNIT(repetition_is_found_among_any_keys);
	UNIT(parts_point_into_the_line);
	UNIT(whole_words_are_compared);
	UNIT(address_has_16_lower_case_digits);
	UNIT(number_is_decimal_without_leading_zero);
	UNIT(missing_key_is_enoent);
	UNIT(unescape_gives_the_bytes);
	UNIT(text_is_a_string_that_fits);
	UNIT(names_start_with_a_letter);
	return unit_end();
}
