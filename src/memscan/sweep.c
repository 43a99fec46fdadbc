/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sweep.h"

#include <stdint.h>
#include <string.h>

static void sweep_portable(const char *p, const char *end)
{
	for (; p < end; p += SWEEP_LINE) {
		const volatile uint64_t *words = (const volatile uint64_t *)p;

		(void)words[0], (void)words[1], (void)words[2], (void)words[3];
		(void)words[4], (void)words[5], (void)words[6], (void)words[7];
	}
}

static bool always(void)
{
	return true;
}

#if defined(__x86_64__)

static bool has_sse41(void)
{
	return __builtin_cpu_supports("sse4.1");
}

/* These also ask whether the kernel saves the wide registers. */
static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f");
}

#endif

const struct sweep_kernel sweep_kernels[] = {
#if defined(__x86_64__)
	{"movntdqa", sweep_movntdqa, has_sse41},
	{"avx2", sweep_avx2, has_avx2},
	{"avx512", sweep_avx512, has_avx512},
#elif defined(__aarch64__)
	{"ldnp", sweep_ldnp, always},
#endif
	{"portable", sweep_portable, always},
	{0},
};

static const struct sweep_kernel *used; /* NULL: the default */

const struct sweep_kernel *sweep_find(const char *name)
{
	for (const struct sweep_kernel *kernel = sweep_kernels; kernel->name; kernel++)
		if (!strcmp(kernel->name, name))
			return kernel;
	return NULL;
}

void sweep_use(const struct sweep_kernel *kernel)
{
	used = kernel;
	if (used)
		return;
	used = sweep_kernels;
	while (!used->is_supported())
		used++;
}

static void sweep_bytes(const char *p, const char *end)
{
	for (; p < end; p++)
		(void)*(const volatile char *)p;
}

void sweep(const void *start, size_t size)
{
	const char *p = start;
	size_t before = -(uintptr_t)p % SWEEP_LINE;
	size_t lines = size < before ? 0 : (size - before) / SWEEP_LINE * SWEEP_LINE;

	if (!used)
		sweep_use(NULL);
	if (size < before)
		before = size;
	sweep_bytes(p, p + before);
	used->load(p + before, p + before + lines);
	sweep_bytes(p + before + lines, p + size);
}
