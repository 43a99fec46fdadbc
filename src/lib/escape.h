/* SPDX-License-Identifier: GPL-2.0-or-later */
/* escape - any bytes as the value of a record, eight at a time. */
#ifndef MEMPATROL_ESCAPE_H
#define MEMPATROL_ESCAPE_H

#include <stddef.h>

enum { ESCAPE_READ = 8 };

/*
 * escape_put - write the LEN bytes at TEXT to P, those that records(5) calls plain as they are and
 * others as \xhh, but none at END or behind it; returns the end of what was written.
 *
 * Behind END there must be room for 12 bytes, and ESCAPE_READ bytes can be read from anywhere
 * within TEXT.
 */
char *escape_put(char *p, const char *end, const char *text, size_t len);

#endif
