/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the kernel's log: what is taken for a message begins with its numbers. */
#include "../../src/rastail/kmsg_line.h"
#include "feed.h"

#include <inttypes.h>
#include <stdio.h>

static void check(const char *text, size_t len)
{
	struct kmsg_line line, again;
	char plain[128];

	if (!kmsg_line_parse(text, len, &line))
		return;
	MUST(memchr(text, ';', len) != NULL);
	snprintf(plain, sizeof(plain), "0,%" PRIu64 ",%" PRIu64 ",-;", line.sequence, line.usec);
	MUST(kmsg_line_parse(plain, strlen(plain), &again));
	MUST(again.sequence == line.sequence && again.usec == line.usec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_feed(data, size, true, check);
	return 0;
}
