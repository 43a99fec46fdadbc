/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history.h"

static struct {
	uint64_t pfn; /* 0: empty, for frame 0 is never in a huge page */
	uint64_t when;
} pages[HISTORY_PAGES];

/*
 * Huge pages are aligned to their size, 2 MiB or more where there are many: neighbours get
 * places next to each other.
 */
static uint64_t place_of(uint64_t pfn)
{
	return (pfn >> 9) % HISTORY_PAGES;
}

void history_note(uint64_t pfn, uint64_t now)
{
	uint64_t i = place_of(pfn);

	if (!pfn)
		return; /* not known, as without the right to see it */
	pages[i].pfn = pfn;
	pages[i].when = now;
}

bool history_age(uint64_t pfn, uint64_t now, uint64_t *age)
{
	uint64_t i = place_of(pfn);

	if (!pfn || pages[i].pfn != pfn)
		return false;
	*age = now - pages[i].when;
	return true;
}

bool history_next(uint64_t *place, uint64_t *pfn, uint64_t *when)
{
	while (*place < HISTORY_PAGES && !pages[*place].pfn)
		++*place;
	if (*place == HISTORY_PAGES)
		return false;
	*pfn = pages[*place].pfn;
	*when = pages[*place].when;
	++*place;
	return true;
}
