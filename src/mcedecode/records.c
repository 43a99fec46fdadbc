/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "records.h"
#include "formats.h"
#include "mca.h"
#include "output.h"
#include "tables.h"

static int two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* The time of a raw record, whose form the grammar does not check. */
static bool read_time(const struct rec *rec)
{
	const struct rec_pair *t = rec_find(rec, "t");

	if (!t || t->value_len != REC_TIME_LEN)
		return false;
	for (int i = 0; i < REC_TIME_LEN; i++) {
		char wanted = "0000-00-00T00:00:00.000000000Z"[i];

		if (wanted == '0' ? t->value[i] < '0' || t->value[i] > '9' : t->value[i] != wanted)
			return false;
	}

	struct tm tm = {.tm_year = two(t->value) * 100 + two(t->value + 2) - 1900,
		.tm_mon = two(t->value + 5) - 1,
		.tm_mday = two(t->value + 8),
		.tm_hour = two(t->value + 11),
		.tm_min = two(t->value + 14),
		.tm_sec = two(t->value + 17)};
	time_t seconds = timegm(&tm);

	if (seconds < 0)
		return false;
	line_now.t = (uint64_t)seconds;
	line_now.t_nsec = 0;
	for (int i = 20; i < 29; i++)
		line_now.t_nsec = line_now.t_nsec * 10 + (uint32_t)(t->value[i] - '0');
	return true;
}

/* The number of KEY; 0 where there is none. */
static uint64_t read_number(const struct rec *rec, const char *key, const char *why)
{
	uint64_t n = 0;

	if (rec_u64(rec, key, &n) != 0 && rec_find(rec, key))
		out_bad(line_now.number, why);
	return n;
}

/* What was collected of a log's lines goes no further; events of the trace are a line each. */
static void end_lines(void)
{
	if (!line_now.traced)
		text_flush();
}

static void tell_missed(const struct rec *rec)
{
	static char scope[REC_LINE_MAX];
	const struct rec_pair *src = rec_find(rec, "src");
	uint64_t missed = read_number(rec, "missed", "missed is no number");

	line_now.missed = missed != 0;
	if (!missed)
		return;
	end_lines();
	line_now.has_t = read_time(rec);
	out_missed(scope, src ? rec_unescape(src->value, src->value_len, scope) : 0, missed);
}

/* An event may itself be of several lines. */
static void decode_text(const struct rec *rec, const char *p, size_t len)
{
	for (;;) {
		const char *lf = memchr(p, '\n', len);

		line_now.has_t = read_time(rec);
		if (line_now.traced)
			trace_line(p, lf ? (size_t)(lf - p) : len);
		else
			text_line(p, lf ? (size_t)(lf - p) : len);
		if (!lf)
			break;
		len -= (size_t)(lf + 1 - p);
		p = lf + 1;
	}
}

/* One event of its own: lines of several that belong together come as records of one line. */
static void decode_raw(const struct rec *rec)
{
	static char text[REC_LINE_MAX], vm[REC_LINE_MAX];
	const struct rec_pair *pair = rec_find(rec, "text"), *name = rec_find(rec, "vm");

	if (!pair) {
		out_bad(line_now.number, "raw record without text");
		return;
	}
	line_now.vm = name ? vm : NULL;
	line_now.vm_len = name ? rec_unescape(name->value, name->value_len, vm) : 0;
	line_now.traced = rec_value_is(rec, "src", "trace");
	tell_missed(rec);
	line_now.cut = read_number(rec, "cut", "cut is no number");
	if (line_now.cut)
		out_bad(line_now.number, "text is cut short");
	decode_text(rec, text, rec_unescape(pair->value, pair->value_len, text));
	/* Whatever the line was to be a part of lacks what is missing of it. */
	if (line_now.cut)
		end_lines();
	line_now.cut = line_now.missed = line_now.traced = false;
	line_now.vm = NULL;
}

/* Take over what decoding starts from, and what it cannot know. */
static bool take_field(struct err *err, const struct rec *rec, const struct rec_pair *pair)
{
	enum err_field field = err_field_of(pair->key, pair->key_len);
	char key[32];
	uint64_t n;

	if (field == ERR_FIELDS || pair->key_len >= sizeof(key))
		return false;
	if (!err_is_register(field) && field != E_NODE)
		return true;
	memcpy(key, pair->key, pair->key_len);
	key[pair->key_len] = '\0';
	if (rec_addr(rec, key, &n) != 0 && rec_u64(rec, key, &n) != 0)
		return false;
	err_set(err, field, n);
	return true;
}

/* Flags that tell of the input, not of the registers. */
static void take_flags(struct err *err, const struct rec *rec)
{
	static const struct {
		const char *word;
		enum err_flag flag;
	} words[] = {{"truncated", FLAG_TRUNCATED}, {"interleaved", FLAG_INTERLEAVED},
		{"no_stepping", FLAG_NO_STEPPING}};
	const struct rec_pair *flags = rec_find(rec, "flags");

	for (size_t i = 0; flags && i < ROWS(words); i++)
		if (memmem(flags->value, flags->value_len, words[i].word, strlen(words[i].word)))
			err_flag(err, words[i].flag);
}

/* Sources whose errors are nothing but registers. */
static const char *register_source(const struct rec *rec)
{
	static const char *const sources[] = {
		"mce", "mce_record", "amd", "mcelog", "rasdaemon", "iml", "binary"};

	for (size_t i = 0; i < ROWS(sources); i++)
		if (rec_value_is(rec, "src", sources[i]))
			return sources[i];
	return NULL;
}

/* Decode the registers of an err record once more; false: it is to be passed on. */
static bool decode_again(const struct rec *rec)
{
	static struct err err;
	const char *source = register_source(rec);

	if (!output_raw || !source || !rec_find(rec, "status") || rec_find(rec, "from"))
		return false;
	err_clear(&err);
	err_word(&err, E_SRC, source);
	for (unsigned int i = 0; i < rec->pairs; i++)
		if (!take_field(&err, rec, &rec->pair[i]))
			return false;
	take_flags(&err, rec);
	if (rec_find(rec, "t")) {
		if (!read_time(rec))
			return false;
		err_set(&err, E_T, line_now.t);
		err.t_nsec = line_now.t_nsec;
	}
	mca_decode(&err);
	out_err(&err);
	return true;
}

enum status records_take(const struct rec *rec)
{
	line_now.has_t = false;
	if (rec_is(rec, "raw")) {
		decode_raw(rec);
		return output_status();
	}
	if (rec_is(rec, "err") && decode_again(rec))
		return output_status();
	text_flush();
	out_flush();
	/* "done" would vouch for lines that were lost. */
	if (rec_is(rec, "done") && !output_is_whole())
		return output_status();
	if (rec_copy(rec, stdout) != 0)
		return say_output_failed();
	return output_status();
}

bool records_is_line(const char *line, size_t len)
{
	/* Those of records(5), in its order, each with its blank. */
	static const char *const types[] = {"ue ", "raw ", "err ", "page ", "owner ", "offline ",
		"release ", "inject ", "ledger ", "sighting ", "stat ", "split ", "lost ", "scrub ",
		"vm ", "ram ", "state ", "quiesce ", "resume ", "dump ", "signal ", "plan ",
		"neighbor ", "evac ", "mismatch ", "progress ", "move ", "area ", "risk ", "fault ",
		"history ", "clean ", "skip ", "done "};

	if (!len || line[0] < 'a' || line[0] > 'z') /* as nearly all lines of logs do */
		return false;
	for (size_t i = 0; i < ROWS(types); i++) {
		if (line[0] != types[i][0])
			continue;

		size_t n = strlen(types[i]);

		if (len > n && memcmp(line, types[i], n) == 0) {
			const char *equals = memchr(line + n, '=', len - n);

			return equals && rec_is_name(line + n, (size_t)(equals - line) - n);
		}
	}
	return false;
}
