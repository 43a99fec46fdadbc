/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memmap - the kernel's argument memmap=SIZE$ADDR, which keeps a range of memory from it
 * (Documentation/admin-guide/kernel-parameters.txt; parse_memmap_one() in
 * arch/x86/kernel/e820.c).
 */
#ifndef MEMPATROL_MEMMAP_H
#define MEMPATROL_MEMMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct memmap_hole {
	uint64_t start, end; /* half open */
};

/*
 * memmap_next - the next hole that COMMAND_LINE makes, from *at on, which it moves; *at is to
 * start with 0.  What is no memmap= with a $, or has no size or one behind the end of all
 * addresses, is passed over, as the kernel does.  False behind the last.
 */
bool memmap_next(const char *command_line, size_t *at, struct memmap_hole *out);

/* memmap_strip - take all words memmap=...$... out of COMMAND_LINE; its length afterwards. */
size_t memmap_strip(char *command_line);

#endif
