/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plain - memory to sweep, and the loops that anybody would write to read it.
 *
 * Sweep kernels are held against these: their speed must not fall far behind, and their
 * neighbours must fare better.
 */
#ifndef MEMPATROL_PLAIN_H
#define MEMPATROL_PLAIN_H

#include "../../src/memscan/sweep.h"
#include "bench.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HUGE_BYTES = 2 << 20 };

static inline void plain_words(const char *p, const char *end)
{
	for (; p < end; p += 64) {
		const volatile uint64_t *words = (const volatile uint64_t *)p;

		(void)words[0], (void)words[1], (void)words[2], (void)words[3];
		(void)words[4], (void)words[5], (void)words[6], (void)words[7];
	}
}

static inline bool plain_always(void)
{
	return true;
}

#ifdef __x86_64__

static inline void plain_avx2(const char *p, const char *end)
{
	for (; p < end; p += 256)
		asm volatile(
			"vmovdqa    (%0), %%ymm0\n\t"
			"vmovdqa  32(%0), %%ymm1\n\t"
			"vmovdqa  64(%0), %%ymm2\n\t"
			"vmovdqa  96(%0), %%ymm3\n\t"
			"vmovdqa 128(%0), %%ymm4\n\t"
			"vmovdqa 160(%0), %%ymm5\n\t"
			"vmovdqa 192(%0), %%ymm6\n\t"
			"vmovdqa 224(%0), %%ymm7"
			:
			: "r"(p)
			: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "memory");
	asm volatile("vzeroupper" : : : "memory");
}

static inline void plain_avx512(const char *p, const char *end)
{
	for (; p < end; p += 256)
		asm volatile("vmovdqa64    (%0), %%zmm0\n\t"
			     "vmovdqa64  64(%0), %%zmm1\n\t"
			     "vmovdqa64 128(%0), %%zmm2\n\t"
			     "vmovdqa64 192(%0), %%zmm3"
			     :
			     : "r"(p)
			     : "xmm0", "xmm1", "xmm2", "xmm3", "memory");
	asm volatile("vzeroupper" : : : "memory");
}

static inline bool plain_has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

static inline bool plain_has_avx512(void)
{
	return __builtin_cpu_supports("avx512f");
}

#endif

/* They take whole blocks of 256 bytes. */
static const struct sweep_kernel plain_loops[] = {
	{"plain words", plain_words, plain_always},
#ifdef __x86_64__
	{"plain avx2", plain_avx2, plain_has_avx2},
	{"plain avx512", plain_avx512, plain_has_avx512},
#endif
};

enum { PLAIN_LOOPS = sizeof(plain_loops) / sizeof(*plain_loops), SWEEPS_MAX = 16 };

/* The plain loops and the kernels that run here, in this order; how many. */
static inline size_t plain_and_kernels(const struct sweep_kernel **all)
{
	size_t n = 0;

	for (size_t i = 0; i < PLAIN_LOOPS; i++)
		if (plain_loops[i].is_supported())
			all[n++] = &plain_loops[i];
	for (const struct sweep_kernel *kernel = sweep_kernels; kernel->name; kernel++)
		if (kernel->is_supported())
			all[n++] = kernel;
	return n;
}

static inline bool plain_is_kernel(const struct sweep_kernel *loop)
{
	return loop < plain_loops || loop >= plain_loops + PLAIN_LOOPS;
}

/* Goals are set for what memscan uses by itself. */
static inline bool plain_has_goal(const struct sweep_kernel *loop)
{
	return plain_is_kernel(loop) && (loop == sweep_kernels || !sweep_kernels->is_supported());
}

/* SIZE bytes of memory at a multiple of 2 MiB, all of it there, none of it the zero page. */
static inline char *plain_memory(size_t size, int advice)
{
	char *map = mmap(NULL, size + HUGE_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *start = map + -(uintptr_t)map % HUGE_BYTES;

	if (map == MAP_FAILED)
		bench_fail("get memory");
	madvise(start, size, advice); /* what came of it is asked later */
	memset(start, 0x5a, size);
	return start;
}

/* How much of this process is in transparent huge pages; 0 when the kernel does not say. */
static inline size_t plain_huge_bytes(void)
{
	FILE *rollup = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	size_t kb = 0;

	while (rollup && fgets(line, sizeof(line), rollup))
		if (sscanf(line, "AnonHugePages: %zu", &kb) == 1)
			break;
	if (rollup)
		fclose(rollup);
	return kb << 10;
}

#endif
