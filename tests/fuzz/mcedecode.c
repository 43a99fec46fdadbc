/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any lines, whole or mixed, give records, and each of them is well-formed. */
#include "../../src/mcedecode/formats.h"
#include "../../src/mcedecode/merge.h"
#include "fuzz.h"
#include "rec.h"

static FILE *out;
static char *text;
static size_t text_len;

void out_bad(uint64_t line, const char *why)
{
	MUST(line && why);
}

static void print(const struct err *err, struct rec *rec)
{
	rewind(out);
	MUST(err_print(err, true, out) == 0);
	MUST(fflush(out) == 0);
	MUST(rec_parse(text, text_len, rec) == NULL);
	MUST(rec_is(rec, "err") && rec_find(rec, "sev") && rec_find(rec, "class"));
	MUST(!rec_find(rec, "addr") == !rec_find(rec, "size"));
}

void out_err(struct err *err)
{
	static struct rec rec;

	print(err, &rec);
	MUST(merge_add(err, true) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size, *lf;

	if (!out) {
		out = open_memstream(&text, &text_len);
		MUST(out && freopen("/dev/null", "w", stdout));
	}
	line_now.number = 0;
	for (; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (!lf)
			lf = end;
		char *line = fuzz_copy(p, (size_t)(lf - p));

		line_now.number++;
		line_now.has_t = false;
		text_line(line, (size_t)(lf - p));
		free(line);
	}
	text_flush();
	MUST(merge_flush(true) == 0);
	return 0;
}
