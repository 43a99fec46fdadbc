/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sweep.h"

#include <stdint.h>

/* Eight words a line, each really loaded. */
static void sweep_words(const char *p, const char *end)
{
	for (; p < end; p += sizeof(uint64_t))
		(void)*(const volatile uint64_t *)p;
}

#ifdef __x86_64__

enum { PREFETCH_AHEAD = 1024 };

__attribute__((target("sse4.1"))) static inline void load_line(const char *p)
{
	asm volatile("movntdqa   (%0), %%xmm0\n\t"
		     "movntdqa 16(%0), %%xmm1\n\t"
		     "movntdqa 32(%0), %%xmm2\n\t"
		     "movntdqa 48(%0), %%xmm3"
		     :
		     : "r"(p)
		     : "xmm0", "xmm1", "xmm2", "xmm3", "memory");
}

/*
 * MOVNTDQA is non-temporal on AMD; on Intel it is an ordinary load from
 * write-back memory (SDM vol. 1, 12.10.3) and PREFETCHNTA is what keeps the
 * line out of the outer caches, so both are there.  The prefetch stops short
 * of the end, so that no line is touched that nobody asked for.
 */
__attribute__((target("sse4.1"))) static void sweep_non_temporal(const char *p, const char *end)
{
	for (; end - p > PREFETCH_AHEAD; p += SWEEP_LINE) {
		asm volatile("prefetchnta %c1(%0)" : : "r"(p), "i"(PREFETCH_AHEAD) : "memory");
		load_line(p);
	}
	for (; p < end; p += SWEEP_LINE)
		load_line(p);
}

void sweep(const void *start, size_t size)
{
	const char *p = start;
	const char *end = p + size / SWEEP_LINE * SWEEP_LINE;

	if (__builtin_cpu_supports("sse4.1"))
		sweep_non_temporal(p, end);
	else
		sweep_words(p, end);
}

#else

void sweep(const void *start, size_t size)
{
	const char *p = start;

	sweep_words(p, p + size / SWEEP_LINE * SWEEP_LINE);
}

#endif
