/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "latency.h"

enum { PART_BITS = 3 };

/* The power of two that it has, and the three bits behind its first. */
static unsigned int bucket_of(uint64_t ns)
{
	unsigned int top;

	if (ns < LATENCY_PARTS)
		return (unsigned int)ns;
	top = 63U - (unsigned int)__builtin_clzll(ns);
	return (top - PART_BITS + 1) * LATENCY_PARTS +
	       (unsigned int)(ns >> (top - PART_BITS) & (LATENCY_PARTS - 1));
}

/* The least that is in the bucket. */
static uint64_t least_of(unsigned int bucket)
{
	if (bucket < LATENCY_PARTS)
		return bucket;
	return (UINT64_C(1) * LATENCY_PARTS + bucket % LATENCY_PARTS)
	       << (bucket / LATENCY_PARTS - 1);
}

void latency_add(struct latency *latency, uint64_t ns)
{
	latency->count++;
	latency->bucket[bucket_of(ns)]++;
}

uint64_t latency_percentile(const struct latency *latency, unsigned int percent)
{
	uint64_t wanted = (latency->count * percent + 99) / 100, seen = 0;

	for (unsigned int i = 0; wanted && i < LATENCY_BUCKETS; i++) {
		seen += latency->bucket[i];
		if (seen >= wanted)
			return least_of(i);
	}
	return 0;
}
