/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep - load every byte of a piece of memory, leaving the caches to others. */
#ifndef MEMPATROL_SWEEP_H
#define MEMPATROL_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

enum { SWEEP_LINE = 64 }; /* bytes loaded at a time: a cache line, or a part of a longer one */

/*
 * A way to load whole lines from P up to END, both multiples of SWEEP_LINE: every byte once, in
 * address order, and nothing behind END.
 *
 * The loads are non-temporal where the processor has such loads: an ordinary sweep displaces
 * what the neighbours keep in the shared cache.  No string instruction is used, for a machine
 * check inside one is not recoverable on every processor.
 */
struct sweep_kernel {
	const char *name;
	void (*load)(const char *p, const char *end);
	bool (*is_supported)(void); /* by the processor and the kernel that run this */
};

/*
 * sweep_kernels - what was built for this architecture, ended by a name of NULL.  The first
 * that is supported is the default; the last, in portable C, always is.
 */
extern const struct sweep_kernel sweep_kernels[];

/* sweep_find - the kernel of this name, or NULL. */
const struct sweep_kernel *sweep_find(const char *name);

/* sweep_use - have sweep() use KERNEL, which must be supported; NULL: the default again. */
void sweep_use(const struct sweep_kernel *kernel);

/* sweep - load the SIZE bytes at START, from user mode, in address order. */
void sweep(const void *start, size_t size);

/*
 * The kernels of architectures.
 *
 * sweep_movntdqa, sweep_avx2, sweep_avx512: PREFETCHNTA ahead and non-temporal loads of 16, 32
 * and 64 bytes.  sweep_ldnp: AArch64's load pair, non-temporal.
 */
void sweep_movntdqa(const char *p, const char *end);
void sweep_avx2(const char *p, const char *end);
void sweep_avx512(const char *p, const char *end);
void sweep_ldnp(const char *p, const char *end);

#endif
