/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"
#include "digits.h"
#include "formats.h"
#include "labels.h"
#include "mca.h"
#include "merge.h"
#include "num.h"
#include "rec.h"
#include "tables.h"

#include <inttypes.h>

bool output_raw, output_merge;

const char *output_unit = "line";

static enum status worst;
static bool lost; /* a line, of which no producer knows */

enum status output_status(void)
{
	return worst;
}

bool output_is_whole(void)
{
	return !lost;
}

void out_bad(uint64_t line, const char *why)
{
	say("read standard input: %s %" PRIu64 ": %s", output_unit, line, why);
	lost = true;
	if (worst < STATUS_SOME)
		worst = STATUS_SOME;
}

void out_missed(const char *scope, size_t len, uint64_t count)
{
	enum { TIME = 40, SCOPE = 100 }; /* what keys that follow need at least */
	static struct rec_writer record;
	struct timespec t = {(time_t)line_now.t, (long)line_now.t_nsec};

	rec_begin(&record, "skip");
	rec_put_text(&record, "src", say_program());
	rec_put_text(&record, "reason", "missed");
	if (count)
		rec_put_u64(&record, "count", count);
	if (line_now.vm)
		rec_put_head(&record, "vm", line_now.vm, line_now.vm_len, SCOPE);
	rec_put_head(&record, "scope", scope, len, TIME);
	if (line_now.has_t && line_now.t <= DIGITS_TIME_LAST)
		rec_put_time(&record, "t", &t);
	if (rec_send(&record, stdout) != 0)
		worst = say_output_failed();
	else if (worst < STATUS_SOME)
		worst = STATUS_SOME;
	/* What the producer has not counted its "done" does not know of. */
	if (!line_now.missed)
		lost = true;
}

void out_err(struct err *err)
{
	err->line = line_now.number;
	if (line_now.cut)
		err_flag(err, FLAG_TRUNCATED);
	labels_put(err);
	if (output_merge ? merge_add(err, output_raw) : err_print(err, output_raw, stdout))
		worst = say_output_failed();
}

void out_flush(void)
{
	if (merge_flush(output_raw) != 0)
		worst = say_output_failed();
}

const char *output_parse_cpuid(const char *argument, void *to)
{
	static const struct {
		const char *name;
		enum vendor vendor;
	} vendors[] = {{"intel:", VENDOR_INTEL}, {"amd:", VENDOR_AMD}, {"hygon:", VENDOR_HYGON},
		{"zhaoxin:", VENDOR_ZHAOXIN}};
	uint64_t signature;
	const char *why;

	(void)to;
	for (size_t i = 0; i < ROWS(vendors); i++) {
		size_t len = strlen(vendors[i].name);

		if (strncmp(argument, vendors[i].name, len) != 0)
			continue;
		mca_default_vendor = vendors[i].vendor;
		argument += len;
		break;
	}
	why = num_address(argument, &signature);
	if (!why && signature > UINT32_MAX)
		why = "too large";
	if (!why)
		mca_default_cpuid = (uint32_t)signature;
	return why;
}
