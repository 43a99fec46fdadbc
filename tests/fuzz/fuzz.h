/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz - what the fuzzers share (libFuzzer, make fuzz).
 *
 * Each feeds any bytes to a parser, and holds what the parser made of them
 * against what must always be so.
 */
#ifndef MEMPATROL_FUZZ_H
#define MEMPATROL_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)           \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/* A copy that ends where its memory ends, so that reading on is seen. */
static inline char *fuzz_copy(const void *bytes, size_t len)
{
	char *copy = malloc(len ? len : 1);

	MUST(copy);
	memcpy(copy, bytes, len);
	return copy;
}

#endif
