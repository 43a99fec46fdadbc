/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wanted.h"
#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/param.h>

int wanted_add(struct wanted *wanted, uint64_t addr, uint64_t size)
{
	uint64_t last;

	if (size == 0 || __builtin_add_overflow(addr, size - 1, &last)) {
		errno = ERANGE;
		return -1;
	}
	if (wanted->count == WANTED_MAX) {
		errno = E2BIG;
		return -1;
	}
	wanted->range[wanted->count++] =
		(struct wanted_range){addr >> PAGE_SHIFT, (last >> PAGE_SHIFT) + 1};
	return 0;
}

static int by_first(const void *a, const void *b)
{
	const struct wanted_range *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Ranges that only touch stay two: whoever asked for each looks for its answer. */
static void merge(struct wanted *wanted)
{
	size_t kept = 0;

	for (size_t i = 0; i < wanted->count; i++) {
		const struct wanted_range *range = &wanted->range[i];
		struct wanted_range *last = kept ? &wanted->range[kept - 1] : NULL;

		if (last && range->first < last->end)
			last->end = MAX(last->end, range->end);
		else
			wanted->range[kept++] = *range;
	}
	wanted->count = kept;
}

static void mark_granules(struct wanted *wanted, const struct wanted_range *range)
{
	uint64_t first = range->first >> WANTED_GRANULE_SHIFT;
	uint64_t last = (range->end - 1) >> WANTED_GRANULE_SHIFT;

	if (last - first >= WANTED_GRANULES)
		last = first + WANTED_GRANULES - 1;
	for (uint64_t i = first; i <= last; i++)
		wanted->granule[i % WANTED_GRANULES / 64] |= UINT64_C(1) << i % 64;
}

void wanted_settle(struct wanted *wanted)
{
	qsort(wanted->range, wanted->count, sizeof(*wanted->range), by_first);
	merge(wanted);
	for (size_t i = 0; i < wanted->count; i++)
		mark_granules(wanted, &wanted->range[i]);
}

const struct wanted_range *wanted_find(const struct wanted *wanted, uint64_t pfn)
{
	size_t low = 0, high = wanted->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (wanted->range[middle].end > pfn)
			high = middle;
		else
			low = middle + 1;
	}
	return low < wanted->count ? &wanted->range[low] : NULL;
}
