/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of a poisoned page of hugetlb the page tables keep nothing that pagemap shows
 * (pagemap_hugetlb_range() in fs/proc/task_mmu.c), nor may it be looked for by reading: the file
 * tells of a place where a huge page is missing, kpageflags of a page that is poisoned.  They
 * belong together when there is only one of each, or when somebody knew before.
 */
#include "owners_store.h"

#include <stdlib.h>
#include <sys/param.h>

/* Frame PFN begins a poisoned huge page of FRAMES, no more and no less. */
static bool is_poisoned_huge(int flags_fd, uint64_t pfn, uint64_t frames)
{
	uint64_t first, last, next;

	if (page_read(flags_fd, pfn, &first, 1) != 1 || !page_has(first, KPF_HUGE) ||
		!page_has(first, KPF_HWPOISON) || !page_has(first, KPF_COMPOUND_HEAD))
		return false;
	return page_read(flags_fd, pfn + frames - 1, &last, 1) == 1 &&
	       page_has(last, KPF_COMPOUND_TAIL) &&
	       (page_read(flags_fd, pfn + frames, &next, 1) != 1 ||
		       !page_has(next, KPF_COMPOUND_TAIL));
}

/* How many such there are in all memory; more than one is 2. */
static unsigned int count_poisoned(int flags_fd, uint64_t frames)
{
	unsigned int count = 0;
	uint64_t word;

	for (uint64_t pfn = 0; count < 2 && page_read(flags_fd, pfn, &word, 1) == 1; pfn += frames)
		if (page_has(word, KPF_HWPOISON) && is_poisoned_huge(flags_fd, pfn, frames))
			count++;
	return count;
}

static bool is_same_place(const struct owner_hit *a, const struct owner_hit *b)
{
	return a->major == b->major && a->minor == b->minor && a->inode == b->inode &&
	       a->offset == b->offset && a->frames == b->frames;
}

/* Where huge page PFN is missing, as far as somebody has said; NULL. */
static const struct owner_hit *find_hinted(const struct owners *owners, uint64_t pfn)
{
	for (size_t i = 0; i < owners->hints; i++) {
		const struct owner_hint *hint = &owners->hint[i];

		for (size_t k = 0; k < owners->takens; k++) {
			const struct owner_hit *taken = &owners->taken[k];

			if (hint->pid == taken->process->pid && hint->pfn >= pfn &&
				hint->pfn - pfn < taken->frames &&
				hint->va / PAGE_BYTES * PAGE_BYTES ==
					taken->va + (hint->pfn - pfn) * PAGE_BYTES)
				return taken;
		}
	}
	return NULL;
}

/* The only place where a huge page of FRAMES is missing, while only one such is poisoned. */
static const struct owner_hit *find_only(const struct owners *owners, uint64_t frames)
{
	const struct owner_hit *only = NULL;

	for (size_t i = 0; i < owners->takens; i++) {
		const struct owner_hit *taken = &owners->taken[i];

		if (taken->frames != frames)
			continue;
		if (only && !is_same_place(only, taken))
			return NULL;
		only = taken;
	}
	return only && count_poisoned(owners->flags_fd, frames) == 1 ? only : NULL;
}

/* The part of TAKEN, huge page PFN, that is in RANGE. */
static void keep_part(struct owners *owners, const struct owner_hit *taken, uint64_t pfn,
	const struct wanted_range *range, bool is_doubtful)
{
	uint64_t first = MAX(range->first, pfn), end = MIN(range->end, pfn + taken->frames);
	struct owner_hit hit = *taken;

	hit.pfn = first;
	hit.frames = end - first;
	hit.va += (first - pfn) * PAGE_BYTES;
	hit.offset += (first - pfn) * PAGE_BYTES;
	hit.gpa += (first - pfn) * PAGE_BYTES;
	hit.is_doubtful = is_doubtful;
	owners->hits_before = owners->hits;
	if (!owners_add(owners, &hit))
		owners->skip(taken->process->pid, "too-many", 0);
}

static void resolve_page(
	struct owners *owners, uint64_t pfn, uint64_t frames, const struct wanted_range *range)
{
	const struct owner_hit *place = find_hinted(owners, pfn);

	if (!place)
		place = find_only(owners, frames);
	for (size_t i = 0; i < owners->takens; i++) {
		const struct owner_hit *taken = &owners->taken[i];

		if (taken->frames == frames && (!place || is_same_place(place, taken)))
			keep_part(owners, taken, pfn, range, !place);
	}
}

/* Huge pages of FRAMES that are poisoned and in RANGE, or that RANGE is in. */
static void resolve_range(struct owners *owners, const struct wanted_range *range, uint64_t frames)
{
	uint64_t word;

	for (uint64_t pfn = range->first / frames * frames; pfn < range->end; pfn += frames) {
		if (page_read(owners->flags_fd, pfn, &word, 1) != 1)
			return; /* the end of memory */
		if (is_poisoned_huge(owners->flags_fd, pfn, frames))
			resolve_page(owners, pfn, frames, range);
	}
}

void owners_resolve(struct owners *owners)
{
	uint64_t sizes[4];
	size_t known = 0;

	for (size_t i = 0; i < owners->takens; i++) {
		uint64_t frames = owners->taken[i].frames;
		size_t k = 0;

		while (k < known && sizes[k] != frames)
			k++;
		if (k == known && known < sizeof(sizes) / sizeof(*sizes))
			sizes[known++] = frames;
	}
	for (size_t k = 0; k < known; k++)
		for (size_t i = 0; i < owners->wanted->count; i++)
			resolve_range(owners, &owners->wanted->range[i], sizes[k]);
}
