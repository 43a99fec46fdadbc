/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch_wait.h"
#include "clock.h"
#include "fetch_ask.h"

#include <sys/param.h>

/* What comes at once with PAGE. */
static uint64_t unit_of(const struct fetch *fetch, unsigned int block, uint64_t page, uint64_t *n)
{
	return part_unit(parts_at(&fetch->ram->block[block].parts, page), page, n);
}

static int ask_for(struct fetch *fetch, unsigned int block, uint64_t page)
{
	const struct page_set *unasked = &fetch->ram->block[block].unasked;
	uint64_t n, first = unit_of(fetch, block, page, &n), at, run;

	while (fetch->asks < FETCH_ASKS_MAX && page_set_within(unasked, first, n, &at, &run))
		if (fetch_ask(fetch, block, at, MIN(run, (uint64_t)WIRE_PAGES_MAX)) != 0)
			return -1;
	return 0;
}

int fetch_wait_for(struct fetch *fetch, unsigned int block, uint64_t page)
{
	uint64_t n, first = unit_of(fetch, block, page, &n);

	if (fetch->waiters < FETCH_WAITERS_MAX)
		fetch->waiter[fetch->waiters++] = (struct fetch_waiter){block, page, clock_now()};
	if (!page_set_has_any(&fetch->ram->block[block].unasked, first, n))
		return 0;
	/* Its neighbours are likely to be next. */
	fetch->block = block;
	fetch->page = page;
	return ask_for(fetch, block, page);
}

int fetch_ask_for_waiters(struct fetch *fetch)
{
	for (unsigned int i = 0; i < fetch->waiters && fetch->asks < FETCH_ASKS_MAX; i++)
		if (ask_for(fetch, fetch->waiter[i].block, fetch->waiter[i].page) != 0)
			return -1;
	return 0;
}

/* All that it waits for, of which N pages from FIRST on have come, is there. */
static bool is_served(
	const struct fetch *fetch, const struct fetch_waiter *waiter, uint64_t first, uint64_t n)
{
	uint64_t pages, unit = unit_of(fetch, waiter->block, waiter->page, &pages);

	return unit < first + n && first < unit + pages &&
	       !page_set_has_any(&fetch->ram->block[waiter->block].missing, unit, pages);
}

void fetch_release(struct fetch *fetch, unsigned int block, uint64_t first, uint64_t n)
{
	for (unsigned int i = 0; i < fetch->waiters;) {
		struct fetch_waiter *waiter = &fetch->waiter[i];

		if (waiter->block == block && is_served(fetch, waiter, first, n)) {
			latency_add(&fetch->faults, clock_now() - waiter->since_ns);
			*waiter = fetch->waiter[--fetch->waiters];
		} else {
			i++;
		}
	}
}
