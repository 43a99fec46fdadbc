/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a trace: a stamp is in whole microseconds, and a loss in the line's words. */
#include "../../src/rastail/trace_line.h"
#include "feed.h"

#include <inttypes.h>
#include <stdio.h>

static void check(const char *text, size_t len)
{
	uint64_t ns, lost = trace_line_lost(text, len);
	char digits[32];

	if (trace_line_stamp(text, len, &ns)) {
		MUST(ns % 1000 == 0);
		snprintf(digits, sizeof(digits), ".%06" PRIu64 ": ", ns / 1000 % 1000000);
		MUST(memmem(text, len, digits, strlen(digits)));
	}
	if (lost) {
		snprintf(digits, sizeof(digits), "%" PRIu64 " EVENTS]", lost);
		MUST(memmem(text, len, digits, strlen(digits)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_feed(data, size, false, check);
	return 0;
}
