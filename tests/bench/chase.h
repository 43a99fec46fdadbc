/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chase - a tour of some memory that no prefetcher can follow: its time is that of the caches. */
#ifndef MEMPATROL_CHASE_H
#define MEMPATROL_CHASE_H

#include "plain.h"

struct chase {
	void **at;
	size_t lines; /* of a tour; 1 step each */
};

static inline size_t chase_random(size_t limit)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state % limit);
}

/* A random order that is a single cycle (Sattolo). */
static inline uint32_t *chase_order(size_t lines)
{
	uint32_t *order = calloc(lines, sizeof(*order));

	if (!order)
		bench_fail("get memory");
	for (size_t i = 0; i < lines; i++)
		order[i] = (uint32_t)i;
	for (size_t i = lines - 1; i > 0; i--) {
		size_t other = chase_random(i);
		uint32_t swapped = order[i];

		order[i] = order[other];
		order[other] = swapped;
	}
	return order;
}

/* chase_make - a tour of SIZE bytes of huge pages. */
static inline struct chase chase_make(size_t size)
{
	size_t lines = size / SWEEP_LINE, whole = (size + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
	char *memory = plain_memory(whole, MADV_HUGEPAGE);
	uint32_t *order = chase_order(lines);

	for (size_t i = 0; i < lines; i++)
		*(void **)(memory + i * SWEEP_LINE) = memory + (size_t)order[i] * SWEEP_LINE;
	free(order);
	return (struct chase){(void **)memory, lines};
}

/* chase_run - so many steps on from where the last ones ended. */
static inline void chase_run(struct chase *chase, size_t steps)
{
	void **at = chase->at;

	for (size_t i = 0; i < steps; i++)
		at = *(void *volatile *)at;
	chase->at = at;
}

/* The sizes of the caches, in bytes; a usual one where the machine does not tell. */
static inline size_t cache_l2(void)
{
	long size = sysconf(_SC_LEVEL2_CACHE_SIZE);

	return size > 0 ? (size_t)size : 1 << 20;
}

static inline size_t cache_l3(void)
{
	long size = sysconf(_SC_LEVEL3_CACHE_SIZE);

	return size > 0 ? (size_t)size : 16 * cache_l2();
}

#endif
