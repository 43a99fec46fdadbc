/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep - load every byte of a piece of memory, leaving the caches to others. */
#ifndef MEMPATROL_SWEEP_H
#define MEMPATROL_SWEEP_H

#include <stddef.h>

enum { SWEEP_LINE = 64 }; /* bytes of a cache line */

/*
 * sweep - load the SIZE bytes at START, whole lines only, from user mode, in address order.
 *
 * The loads are non-temporal where the processor has such loads: an ordinary
 * sweep displaces what the neighbours of this core keep in the shared cache.
 * No string instruction is used, for a machine check inside one is not
 * recoverable on every processor.
 */
void sweep(const void *start, size_t size);

#endif
