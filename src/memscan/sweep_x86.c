/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MOVNTDQA is non-temporal on AMD; on Intel it is an ordinary load from write-back memory
 * (SDM vol. 1, 12.10.3) and PREFETCHNTA is what keeps the line out of the outer caches, so
 * both are there.
 *
 * A load that is executed before the prefetch of its line has a buffer brings the line in the
 * ordinary way, and the second-level prefetcher more of them.  The processor runs ahead of the
 * oldest prefetch that waits by as much code as it can hold, 512 micro-operations on Golden
 * Cove: 4 KiB of this loop with loads of 16 bytes, 6 KiB with those of 64.  Prefetched 1 KiB
 * ahead a sweep left hardly less in the L2 of a Sapphire Rapids than ordinary loads did, 6 KiB
 * ahead nothing, and at the same speed (tests/bench/displaced).
 */
#include "sweep.h"

#ifdef __x86_64__

enum { PREFETCH_AHEAD = 6144 };

static inline void load_16(const char *p)
{
	asm volatile("movntdqa   (%0), %%xmm0\n\t"
		     "movntdqa 16(%0), %%xmm1\n\t"
		     "movntdqa 32(%0), %%xmm2\n\t"
		     "movntdqa 48(%0), %%xmm3"
		     :
		     : "r"(p)
		     : "xmm0", "xmm1", "xmm2", "xmm3", "memory");
}

static inline void load_32(const char *p)
{
	asm volatile("vmovntdqa   (%0), %%ymm0\n\t"
		     "vmovntdqa 32(%0), %%ymm1"
		     :
		     : "r"(p)
		     : "xmm0", "xmm1", "memory");
}

static inline void load_64(const char *p)
{
	asm volatile("vmovntdqa (%0), %%zmm0" : : "r"(p) : "xmm0", "memory");
}

/* The prefetch stops short of the end, so that no line is touched that nobody asked for. */
static inline __attribute__((always_inline)) void stream(
	const char *p, const char *end, void (*load_line)(const char *p))
{
	for (; end - p > PREFETCH_AHEAD; p += SWEEP_LINE) {
		asm volatile("prefetchnta %c1(%0)" : : "r"(p), "i"(PREFETCH_AHEAD) : "memory");
		load_line(p);
	}
	for (; p < end; p += SWEEP_LINE)
		load_line(p);
}

/* Without it every later SSE instruction may have to keep the upper halves alive. */
static inline void forget_upper_halves(void)
{
	asm volatile("vzeroupper" : : : "memory");
}

void sweep_movntdqa(const char *p, const char *end)
{
	stream(p, end, load_16);
}

void sweep_avx2(const char *p, const char *end)
{
	stream(p, end, load_32);
	forget_upper_halves();
}

void sweep_avx512(const char *p, const char *end)
{
	stream(p, end, load_64);
	forget_upper_halves();
}

#endif
