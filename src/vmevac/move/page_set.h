/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page_set - pages of a RAM block, one bit each. */
#ifndef MEMPATROL_VMEVAC_PAGE_SET_H
#define MEMPATROL_VMEVAC_PAGE_SET_H

#include <stdbool.h>
#include <stdint.h>

struct page_set {
	uint64_t pages; /* that can be in it */
	uint64_t count; /* that are */
	uint64_t *word;
};

/* page_set_open - an empty one, for pages from 0 to PAGES - 1; 0, or -1 with errno. */
int page_set_open(struct page_set *set, uint64_t pages);
void page_set_close(struct page_set *set);

void page_set_clear(struct page_set *set);

/* page_set_add - N pages from FIRST on, which must be such that can be in it. */
void page_set_add(struct page_set *set, uint64_t first, uint64_t n);

/* page_set_remove - the same N pages are not in it any more. */
void page_set_remove(struct page_set *set, uint64_t first, uint64_t n);

/* page_set_subtract - leave in it only what is not in OTHER, of as many pages. */
void page_set_subtract(struct page_set *set, const struct page_set *other);

bool page_set_has(const struct page_set *set, uint64_t page);

/*
 * page_set_next - the run of pages behind *FIRST + *N that are in it, or, if not IN, that are not.
 * Start with both 0, or elsewhere; false behind the last.
 */
bool page_set_next(const struct page_set *set, bool in, uint64_t *first, uint64_t *n);

/*
 * page_set_within - the first run of those of the N pages from FIRST on that are in it: *RUN pages
 * from *AT on; false: none is.
 */
bool page_set_within(
	const struct page_set *set, uint64_t first, uint64_t n, uint64_t *at, uint64_t *run);

/* page_set_has_any - at least one of the N pages from FIRST on is in it. */
bool page_set_has_any(const struct page_set *set, uint64_t first, uint64_t n);

/*
 * page_set_pack - N pages from FIRST on, a multiple of 8, as bits from the lowest of the first byte
 * on: (N + 7) / 8 bytes.  False when none of them is in it.
 */
bool page_set_pack(const struct page_set *set, uint64_t first, uint64_t n, unsigned char *out);

#endif
