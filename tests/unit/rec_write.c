/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rec: what the writer makes of each kind of value, and of what it cannot write. */
#include "rec.h"
#include "unit.h"

#include <errno.h>

static struct rec_writer writer;

/* The line that comes out, or NULL with errno; valid until the next call. */
static const char *sent(void)
{
	static char line[REC_LINE_MAX + 1];

	memset(line, 0, sizeof(line));

	FILE *out = fmemopen(line, sizeof(line), "w");
	int result = rec_send(&writer, out);
	int error = errno;

	fclose(out);
	errno = error;
	return result == 0 ? line : NULL;
}

static void check_refused(int error)
{
	errno = 0;
	CHECK_TEXT(sent(), NULL);
	CHECK_U64(errno, error);
}

static void values_are_written_in_order(void)
{
	rec_begin(&writer, "page");
	rec_put_addr(&writer, "addr", 0x123456f000);
	rec_put_u64(&writer, "size", 4096);
	rec_put_text(&writer, "state", "poisoned");
	rec_put_text(&writer, "dimm", "CPU0 DIMM A1");
	rec_put(&writer, "raw", "\0\xff", 2);
	rec_put_text(&writer, "empty", "");
	CHECK_TEXT(sent(), "page addr=0x000000123456f000 size=4096 state=poisoned"
			   " dimm=CPU0\\x20DIMM\\x20A1 raw=\\x00\\xff empty=\n");
}

static void a_type_alone_is_a_record(void)
{
	rec_begin(&writer, "done");
	CHECK_TEXT(sent(), "done\n");
}

static void addresses_have_16_digits(void)
{
	rec_begin(&writer, "t");
	rec_put_addr(&writer, "a", 0);
	rec_put_addr(&writer, "b", UINT64_MAX);
	rec_put_addr(&writer, "c", 0xfedcba9876543210);
	CHECK_TEXT(sent(), "t a=0x0000000000000000 b=0xffffffffffffffff c=0xfedcba9876543210\n");
}

static void numbers_have_no_leading_zero(void)
{
	rec_begin(&writer, "t");
	rec_put_u64(&writer, "a", 0);
	rec_put_u64(&writer, "b", 10);
	rec_put_u64(&writer, "c", UINT64_MAX);
	CHECK_TEXT(sent(), "t a=0 b=10 c=18446744073709551615\n");
}

static void errno_has_its_name(void)
{
	rec_begin(&writer, "t");
	rec_put_errno(&writer, "a", EBUSY);
	rec_put_errno(&writer, "b", EHWPOISON);
	rec_put_errno(&writer, "c", 4000);
	CHECK_TEXT(sent(), "t a=EBUSY b=EHWPOISON c=E4000\n");
}

static void time_is_utc_with_nanoseconds(void)
{
	static const struct {
		struct timespec t;
		const char *line; /* NULL: refused */
	} cases[] = {
		{{0, 0}, "e t=1970-01-01T00:00:00.000000000Z\n"},
		{{0, 1}, "e t=1970-01-01T00:00:00.000000001Z\n"},
		{{-1, 999999999}, "e t=1969-12-31T23:59:59.999999999Z\n"},
		{{1709164800, 120000000}, "e t=2024-02-29T00:00:00.120000000Z\n"},
		{{1795294843, 0}, "e t=2026-11-21T21:00:43.000000000Z\n"},
		{{4294967296, 0}, "e t=2106-02-07T06:28:16.000000000Z\n"},
		{{-62167219200, 0}, "e t=0000-01-01T00:00:00.000000000Z\n"},
		{{253402300799, 999999999}, "e t=9999-12-31T23:59:59.999999999Z\n"},
		{{-62167219201, 0}, NULL},
		{{253402300800, 0}, NULL},
		{{INT64_MAX, 0}, NULL},
		{{INT64_MIN, 0}, NULL},
		{{0, -1}, NULL},
		{{0, 1000000000}, NULL},
	};

	/* Wherever the reader of the clock lives. */
	setenv("TZ", "NPT-5:45", 1);
	tzset();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		rec_begin(&writer, "e");
		rec_put_time(&writer, "t", &cases[i].t);
		if (cases[i].line)
			CHECK_TEXT(sent(), cases[i].line);
		else
			check_refused(EINVAL);
	}
}

static void now_is_between_before_and_after(void)
{
	struct timespec before, after;
	char lines[3][64];

	clock_gettime(CLOCK_REALTIME, &before);
	rec_begin(&writer, "e");
	rec_put_now(&writer, "t");
	strcpy(lines[1], sent());
	clock_gettime(CLOCK_REALTIME, &after);
	rec_begin(&writer, "e");
	rec_put_time(&writer, "t", &before);
	strcpy(lines[0], sent());
	rec_begin(&writer, "e");
	rec_put_time(&writer, "t", &after);
	strcpy(lines[2], sent());
	CHECK(strcmp(lines[0], lines[1]) <= 0 && strcmp(lines[1], lines[2]) <= 0);
}

static void every_byte_comes_back(void)
{
	unsigned char bytes[256];
	char back[256];
	struct rec rec;

	for (int i = 0; i < 256; i++)
		bytes[i] = (unsigned char)i;
	rec_begin(&writer, "t");
	rec_put(&writer, "k", bytes, sizeof(bytes));

	const char *line = sent();

	CHECK_TEXT(rec_parse(line, strlen(line), &rec), NULL);
	/* 93 bytes are plain, and 4 stand for each of the others. */
	CHECK_U64(rec.pair[0].value_len, 93 + 4 * (256 - 93));
	CHECK_U64(rec_unescape(rec.pair[0].value, rec.pair[0].value_len, back), 256);
	CHECK(memcmp(back, bytes, 256) == 0);
}

static void wrong_names_are_refused(void)
{
	static const char *const names[] = {
		"", "A", "aB", "0a", "_a", "a-b", "a b", "a=b", "a\n", "\xc3\xa4"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		unit_row = names[i];
		rec_begin(&writer, names[i]);
		check_refused(EINVAL);
		rec_begin(&writer, "t");
		rec_put_u64(&writer, names[i], 1);
		check_refused(EINVAL);
	}
}

static void the_reserved_key_is_refused(void)
{
	rec_begin(&writer, "t");
	rec_put_u64(&writer, "type", 1);
	check_refused(EINVAL);
	rec_begin(&writer, "type");
	rec_put_u64(&writer, "types", 1);
	CHECK_TEXT(sent(), "type types=1\n");
}

static void a_line_has_at_most_4096_bytes(void)
{
	static char value[REC_LINE_MAX];

	memset(value, 'v', sizeof(value));
	rec_begin(&writer, "t");
	rec_put(&writer, "k", value, REC_LINE_MAX - strlen("t k=\n"));

	const char *line = sent();

	CHECK(line && strlen(line) == REC_LINE_MAX && line[REC_LINE_MAX - 1] == '\n');
	rec_begin(&writer, "t");
	rec_put(&writer, "k", value, REC_LINE_MAX - strlen("t k=\n") + 1);
	check_refused(EMSGSIZE);

	/* The same boundary inside an escape, and behind each other kind of value. */
	value[REC_LINE_MAX - strlen("t k=\n") - 4] = ' ';
	rec_begin(&writer, "t");
	rec_put(&writer, "k", value, REC_LINE_MAX - strlen("t k=\n") - 3);
	CHECK(sent() != NULL);
	value[REC_LINE_MAX - strlen("t k=\n") - 3] = ' ';
	value[REC_LINE_MAX - strlen("t k=\n") - 4] = 'v';
	rec_begin(&writer, "t");
	rec_put(&writer, "k", value, REC_LINE_MAX - strlen("t k=\n") - 2);
	check_refused(EMSGSIZE);
	for (size_t room = 0; room <= 22; room++) {
		rec_begin(&writer, "t");
		rec_put(&writer, "k", value, REC_LINE_MAX - strlen("t k=\n") - room);
		rec_put_addr(&writer, "a", 1);
		CHECK((sent() != NULL) == (room >= strlen(" a=0x0000000000000001")));
	}
}

static void a_head_leaves_room_for_what_follows(void)
{
	static char blanks[5000];

	memset(blanks, ' ', sizeof(blanks));
	rec_begin(&writer, "t");
	CHECK_U64(rec_put_head(&writer, "a", "as it is", 8, 100), 8);
	CHECK_TEXT(sent(), "t a=as\\x20it\\x20is\n");
	for (size_t reserve = 6; reserve < 20; reserve++) {
		rec_begin(&writer, "t");
		/* "t a=" and the LF take 5 bytes, each blank 4. */
		CHECK_U64(rec_put_head(&writer, "a", blanks, sizeof(blanks), reserve),
			(4096 - 5 - reserve) / 4);
		rec_put_text(&writer, "cut", "1");
		CHECK(sent() != NULL);
	}
	rec_begin(&writer, "t");
	CHECK_U64(rec_put_head(&writer, "a", "text", 4, 5000), 0);
	CHECK_TEXT(sent(), "t a=\n");
}

static void a_record_has_at_most_64_keys(void)
{
	char key[16];

	rec_begin(&writer, "t");
	for (int i = 0; i < REC_KEYS_MAX; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		rec_put_u64(&writer, key, 1);
	}
	CHECK(sent() != NULL);
	rec_put_u64(&writer, "more", 1);
	check_refused(EMSGSIZE);
}

/* More keys than there may be, each an error of its own. */
static void put_too_many(const char *key)
{
	for (int i = 0; i <= REC_KEYS_MAX; i++)
		rec_put_u64(&writer, key, 1);
}

static void the_first_error_sticks(void)
{
	static char value[REC_LINE_MAX];

	rec_begin(&writer, "BAD");
	put_too_many("k");
	check_refused(EINVAL);
	check_refused(EINVAL);
	rec_begin(&writer, "t");
	put_too_many("k");
	rec_put_u64(&writer, "BAD", 1);
	check_refused(EMSGSIZE);
	/* What would fit behind a value that did not is still not sent. */
	rec_begin(&writer, "t");
	rec_put(&writer, "k", value, sizeof(value));
	rec_put_u64(&writer, "good", 1);
	check_refused(EMSGSIZE);
	/* A new record starts without. */
	rec_begin(&writer, "t");
	rec_put_u64(&writer, "good", 1);
	CHECK_TEXT(sent(), "t good=1\n");
}

/* A full line has no room for a second LF. */
static void a_record_can_be_sent_again(void)
{
	static char value[REC_LINE_MAX];

	memset(value, 'v', sizeof(value));
	rec_begin(&writer, "t");
	rec_put(&writer, "k", value, REC_LINE_MAX - strlen("t k=\n"));
	CHECK(strlen(sent()) == REC_LINE_MAX);
	CHECK(strlen(sent()) == REC_LINE_MAX);
	rec_put_u64(&writer, "more", 1);
	check_refused(EMSGSIZE);
}

static void a_full_stream_is_an_error(void)
{
	FILE *full = fopen("/dev/full", "w");
	struct rec rec = {.line = "t\n", .line_len = 2};

	setvbuf(full, NULL, _IONBF, 0);
	rec_begin(&writer, "t");
	errno = 0;
	CHECK(rec_send(&writer, full) == -1 && errno == ENOSPC);
	errno = 0;
	CHECK(rec_copy(&rec, full) == -1 && errno == ENOSPC);
	fclose(full);
}

static void copy_is_byte_for_byte(void)
{
	static const char line[] = "any bytes \\ at \t all\n";
	struct rec rec = {.line = line, .line_len = strlen(line)};
	char copy[64] = "";
	FILE *out = fmemopen(copy, sizeof(copy), "w");

	CHECK(rec_copy(&rec, out) == 0);
	fclose(out);
	CHECK_TEXT(copy, line);
}

int main(void)
{
	UNIT(values_are_written_in_order);
	UNIT(a_type_alone_is_a_record);
	UNIT(addresses_have_16_digits);
	UNIT(numbers_have_no_leading_zero);
	UNIT(errno_has_its_name);
	UNIT(time_is_utc_with_nanoseconds);
	UNIT(now_is_between_before_and_after);
	UNIT(every_byte_comes_back);
	UNIT(wrong_names_are_refused);
	UNIT(the_reserved_key_is_refused);
	UNIT(a_line_has_at_most_4096_bytes);
	UNIT(a_head_leaves_room_for_what_follows);
	UNIT(a_record_has_at_most_64_keys);
	UNIT(the_first_error_sticks);
	UNIT(a_record_can_be_sent_again);
	UNIT(a_full_stream_is_an_error);
	UNIT(copy_is_byte_for_byte);
	return unit_end();
}
