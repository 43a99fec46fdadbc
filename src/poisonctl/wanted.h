/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wanted - the physical pages that are asked for: ranges of frames, looked up some ten million
 * times a second.  A struct wanted has 16 MiB of address space, and is best not on a stack.
 */
#ifndef MEMPATROL_WANTED_H
#define MEMPATROL_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WANTED_MAX = 1 << 20,      /* ranges */
	WANTED_GRANULE_SHIFT = 9,  /* frames of 2 MiB share a bit, */
	WANTED_GRANULES = 1 << 20, /* and so do addresses 2 TiB apart */
};

struct wanted_range {
	uint64_t first, end; /* frames, half open */
};

struct wanted {
	size_t count;
	uint64_t granule[WANTED_GRANULES / 64];
	struct wanted_range range[WANTED_MAX]; /* once settled in order and without overlap */
};

/*
 * wanted_add - the pages of the SIZE bytes from ADDR on, those at the ends whole.
 * -1 with errno: ERANGE when that is nothing, or reaches behind the end of all addresses;
 * E2BIG when there are WANTED_MAX already.
 */
int wanted_add(struct wanted *wanted, uint64_t addr, uint64_t size);

/* wanted_settle - when all have been added, and before anything is looked up. */
void wanted_settle(struct wanted *wanted);

/* wanted_find - the first range that ends behind frame PFN, or NULL. */
const struct wanted_range *wanted_find(const struct wanted *wanted, uint64_t pfn);

/* wanted_may_have - false: no range holds PFN.  True is a guess. */
static inline bool wanted_may_have(const struct wanted *wanted, uint64_t pfn)
{
	uint64_t granule = (pfn >> WANTED_GRANULE_SHIFT) % WANTED_GRANULES;

	return wanted->granule[granule / 64] >> granule % 64 & 1;
}

#endif
