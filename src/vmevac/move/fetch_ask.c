/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fetch: what is asked for, and how much of it at a time. */
#include "clock.h"
#include "fetch_ask.h"

/* What is asked for without being waited for: asks at a time, and pages of one. */
enum {
	ASKS_LEAST = 4,
	ASKS_MOST = 96, /* the others are left to those who wait */
	MANY_ASKS = 32, /* from here on, the way is long, and a larger answer of no account */
	FEW_PAGES = 16,
	MANY_PAGES = WIRE_PAGES_MAX,
};

/* That an answer may be late without anybody being in its way. */
static const uint64_t slack_ns = 250000;

int fetch_ask(struct fetch *fetch, unsigned int block, uint64_t first, uint64_t n)
{
	const struct frame frame = {
		.type = FRAME_WANT, .block = block, .first = first, .pages = (uint32_t)n};
	unsigned int last = (fetch->first_ask + fetch->asks++) % FETCH_ASKS_MAX;

	fetch->ask[last] = (struct fetch_ask){.pages = n, .asked_ns = clock_now()};
	page_set_remove(&fetch->ram->block[block].unasked, first, n);
	return wire_send(fetch->wire, &frame, NULL);
}

/* The next pages that nobody has asked for; all blocks once, and the first of them once more. */
static bool find_unasked(struct fetch *fetch, uint64_t *n)
{
	uint64_t most = fetch->asks_wanted < MANY_ASKS ? FEW_PAGES : MANY_PAGES;

	for (unsigned int i = 0; i <= fetch->ram->blocks; i++) {
		*n = 0;
		if (page_set_next(
			    &fetch->ram->block[fetch->block].unasked, true, &fetch->page, n)) {
			*n = *n < most ? *n : most;
			return true;
		}
		fetch->block = (fetch->block + 1) % fetch->ram->blocks;
		fetch->page = 0;
	}
	return false;
}

int fetch_ask_in_background(struct fetch *fetch)
{
	uint64_t n;

	if (fetch->asks_wanted < ASKS_LEAST)
		fetch->asks_wanted = ASKS_LEAST;
	while (fetch->in_background && fetch->asks < fetch->asks_wanted &&
		find_unasked(fetch, &n)) {
		if (fetch_ask(fetch, fetch->block, fetch->page, n) != 0)
			return -1;
		fetch->page += n;
	}
	return 0;
}

/* An answer took so long: behind a queue of our own making, or not even that. */
static void adapt(struct fetch *fetch, uint64_t took_ns)
{
	if (!fetch->least_ns || took_ns < fetch->least_ns)
		fetch->least_ns = took_ns;
	if (took_ns < 2 * fetch->least_ns + slack_ns && fetch->asks_wanted < ASKS_MOST)
		fetch->asks_wanted++;
	else if (took_ns > 4 * fetch->least_ns + 2 * slack_ns && fetch->asks_wanted > ASKS_LEAST)
		fetch->asks_wanted--;
}

void fetch_note_answer(struct fetch *fetch, uint64_t pages)
{
	while (pages && fetch->asks) {
		struct fetch_ask *oldest = &fetch->ask[fetch->first_ask];
		uint64_t n = pages < oldest->pages ? pages : oldest->pages;

		oldest->pages -= n;
		pages -= n;
		if (oldest->pages)
			break;
		adapt(fetch, clock_now() - oldest->asked_ns);
		fetch->first_ask = (fetch->first_ask + 1) % FETCH_ASKS_MAX;
		fetch->asks--;
	}
}
