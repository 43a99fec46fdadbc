/* SPDX-License-Identifier: GPL-2.0-or-later */
/* err - what must be so of every error that mcedecode decodes, whatever it was made of. */
#ifndef MEMPATROL_FUZZ_ERR_H
#define MEMPATROL_FUZZ_ERR_H

#include "../../src/mcedecode/formats.h"
#include "../../src/mcedecode/merge.h"
#include "fuzz.h"
#include "rec.h"

static FILE *fuzz_out;
static char *fuzz_text;
static size_t fuzz_text_len;

void out_bad(uint64_t line, const char *why)
{
	MUST(line && why);
}

void out_missed(const char *scope, size_t len, uint64_t count)
{
	MUST(scope && len);
	(void)count;
}

/* Its record is well-formed. */
void out_err(struct err *err)
{
	static struct rec rec;

	rewind(fuzz_out);
	MUST(err_print(err, true, fuzz_out) == 0);
	MUST(fflush(fuzz_out) == 0);
	MUST(rec_parse(fuzz_text, fuzz_text_len, &rec) == NULL);
	MUST(rec_is(&rec, "err") && rec_find(&rec, "sev") && rec_find(&rec, "class"));
	MUST(!rec_find(&rec, "addr") == !rec_find(&rec, "size"));
	MUST(merge_add(err, true) == 0);
}

static inline void fuzz_begin(void)
{
	line_now.number = 1;
	if (fuzz_out)
		return;
	fuzz_out = open_memstream(&fuzz_text, &fuzz_text_len);
	MUST(fuzz_out && freopen("/dev/null", "w", stdout));
}

static inline void fuzz_end(void)
{
	MUST(merge_flush(true) == 0);
}

#endif
