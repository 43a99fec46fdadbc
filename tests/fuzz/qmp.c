/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes from a virtual machine's socket: each line is of a kind, its name a string. */
#include "../../src/rastail/qmp_message.h"
#include "feed.h"

static void check(const char *text, size_t len)
{
	static struct qmp_message message;

	qmp_message_parse(text, len, &message);
	MUST(message.kind <= QMP_EVENT);
	MUST(memchr(message.name, '\0', sizeof(message.name)));
	MUST(!*message.name || message.kind == QMP_RETURN);
	MUST(!message.has_time || (message.kind == QMP_EVENT && message.usec < 1000000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_feed(data, size, false, check);
	return 0;
}
