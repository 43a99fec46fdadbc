/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmsg_line - what a record of /dev/kmsg says of itself
 * (Documentation/ABI/testing/dev-kmsg): "6,339,5140900,-;NET: Registered protocol family 10".
 */
#ifndef MEMPATROL_KMSG_LINE_H
#define MEMPATROL_KMSG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kmsg_line {
	uint64_t sequence; /* number of the message, without gaps */
	uint64_t usec;     /* when it was written, in microseconds of uptime */
};

/* kmsg_line_parse - false when the LEN bytes at TEXT do not begin so. */
bool kmsg_line_parse(const char *text, size_t len, struct kmsg_line *out);

#endif
