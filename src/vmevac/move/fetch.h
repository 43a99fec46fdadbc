/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fetch - the machine is here, and some of its memory is not: ask the source for it.
 *
 * The source only answers, in order.  What somebody waits for is asked for at once; the rest, in
 * order of its addresses from behind the last such page on, only so much at a time that an answer
 * to the next who waits is not long behind it.  How much that is follows from how long answers
 * take.
 */
#ifndef MEMPATROL_VMEVAC_FETCH_H
#define MEMPATROL_VMEVAC_FETCH_H

#include "latency.h"
#include "pager.h"
#include "wire.h"

/*
 * So many asks fit into any carrier, be it a pipe of a page: were they to wait for room there,
 * while the source waits for its answers to be taken, both would for ever.
 */
enum { FETCH_ASKS_MAX = 128, FETCH_WAITERS_MAX = 1024 };

struct fetch {
	struct wire *wire;
	struct ram *ram;
	struct pager pager;
	bool in_background; /* also what nobody waits for */
	uint64_t pages;     /* that have come */
	uint64_t heard_ns;  /* when the source said something last, or had no reason to */
	struct latency faults;
	char why[256]; /* of the last failure */

	/* What was asked for and has not been answered, the first of it first. */
	struct fetch_ask {
		uint64_t pages, asked_ns;
	} ask[FETCH_ASKS_MAX];
	unsigned int first_ask, asks, asks_wanted;
	uint64_t least_ns; /* the shortest time that an answer took */

	/* Where the background goes on. */
	unsigned int block;
	uint64_t page;

	/* Who waits, for the figures. */
	struct fetch_waiter {
		unsigned int block;
		uint64_t page, since_ns;
	} waiter[FETCH_WAITERS_MAX];
	unsigned int waiters;
};

/*
 * All return 0, or -1 with errno and fetch->why.  Meanwhile who waits for a page is served.
 */

/* fetch_during - RUN(CONTEXT), in a thread of its own; where it fails, -1 with "" for why. */
int fetch_during(struct fetch *fetch, int (*run)(void *context), void *context);

/* fetch_until - up to a record of TYPE. */
int fetch_until(struct fetch *fetch, const char *type);

/* fetch_all - until nothing is missing any more. */
int fetch_all(struct fetch *fetch);

#endif
