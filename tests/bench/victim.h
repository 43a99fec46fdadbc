/* SPDX-License-Identifier: GPL-2.0-or-later */
/* victim - neighbours whose memory is in a cache or streams by: always the same work. */
#ifndef MEMPATROL_VICTIM_H
#define MEMPATROL_VICTIM_H

#include "chase.h"

enum {
	STREAMED = 256 << 20,
	STREAM_TURN = 64 << 20,
	L2_TURN = 1 << 19, /* steps */
	OFTEN = 4,         /* the short ones, in each turn */
	RETRIES = 4,       /* of a turn that was interrupted */
	NEIGHBOURS = 3,
};

static struct neighbour {
	const char *name;
	struct chase chase; /* NULL: streaming */
	size_t settle, work;
	int often;
} neighbours[NEIGHBOURS] = {
	{.name = "in L2", .often = OFTEN},
	{.name = "in L3", .often = 1},
	{.name = "streaming", .often = OFTEN / 2},
};

static const char *streamed;

static void stream(size_t size)
{
	static size_t at;

	at = at + size <= STREAMED ? at : 0;
	plain_words(streamed + at, streamed + at + size);
	at += size;
}

static void do_work(struct neighbour *neighbour, size_t amount)
{
	if (neighbour->chase.at)
		chase_run(&neighbour->chase, amount);
	else
		stream(amount);
}

/* Half of the L2; the L3 is shared with who knows whom, so it gets no more than a quarter. */
static void make_neighbours(void)
{
	size_t l2 = cache_l2(), l3 = cache_l3() / 4 < 4 * l2 ? cache_l3() / 4 : 4 * l2;
	struct chase in_l2 = chase_make(l2 / 2), in_l3 = chase_make(l3);

	neighbours[0].chase = in_l2;
	neighbours[0].settle = 2 * in_l2.lines;
	neighbours[0].work = L2_TURN;
	neighbours[1].chase = in_l3;
	neighbours[1].settle = neighbours[1].work = in_l3.lines;
	streamed = plain_memory(STREAMED, MADV_HUGEPAGE);
	neighbours[2].settle = STREAM_TURN / 16;
	neighbours[2].work = STREAM_TURN;
}

static double measure_once(struct neighbour *neighbour)
{
	double start;

	do_work(neighbour, neighbour->settle);
	start = bench_now();
	do_work(neighbour, neighbour->work);
	return bench_now() - start;
}

/* Whoever else was on the processor in between has left other things in its caches. */
static double measure(struct neighbour *neighbour)
{
	double seconds = 0;

	for (int i = 0; i < RETRIES; i++) {
		long before = bench_interruptions();

		seconds = measure_once(neighbour);
		if (bench_interruptions() == before)
			break;
	}
	return seconds;
}

#endif
