/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verify.h"
#include "page.h"

#ifdef __x86_64__
#include <emmintrin.h>
#endif

/* Neighbouring words differ in about half of their bits (the finaliser of SplitMix64). */
static uint64_t word_at(size_t place, uint64_t seed)
{
	uint64_t x = place + seed;

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* Without this a small memory would be compared with the cache. */
static void write_back(const char *memory, size_t size)
{
#ifdef __x86_64__
	enum { LINE = 64 };

	for (size_t i = 0; i < size; i += LINE)
		_mm_clflush(memory + i);
	_mm_mfence();
#else
	(void)memory, (void)size; /* larger than the caches, mostly */
#endif
}

void verify_write(void *memory, size_t size, uint64_t seed)
{
	volatile uint64_t *words = memory;

	for (size_t i = 0; i < size / sizeof(*words); i++)
		words[i] = word_at(i, seed);
	write_back(memory, size);
}

size_t verify_read(const void *memory, size_t size, uint64_t seed, size_t from)
{
	const volatile uint64_t *words = memory;

	for (size_t i = from / sizeof(*words); i < size / sizeof(*words); i++)
		if (words[i] != word_at(i, seed))
			return i * sizeof(*words) / PAGE_BYTES * PAGE_BYTES;
	return size;
}
