/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verify - write patterns to memory of one's own, and see whether they are still there. */
#ifndef MEMPATROL_VERIFY_H
#define MEMPATROL_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * verify_write - fill SIZE bytes at MEMORY, whole pages, with words made of their place and
 * SEED, and have them written to memory, out of the processor's caches.
 */
void verify_write(void *memory, size_t size, uint64_t seed);

/*
 * verify_read - the first page at or behind FROM whose words are not those that verify_write()
 * left; SIZE when there is none.
 */
size_t verify_read(const void *memory, size_t size, uint64_t seed, size_t from);

#endif
