/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "found.h"
#include "clock.h"
#include "history.h"
#include "page.h"

#include <sys/param.h>
#include <unistd.h>

/* With its process only if it is still that one's. */
static struct place place_at(
	const struct patrol *patrol, const struct window *window, size_t position)
{
	const struct area *area = window->area;
	struct place place = {.area = area, .offset = window->offset + position};

	place.is_abandoned = area->pid && !area_is_mapped(area, patrol->root, place.offset);
	return place;
}

/* The first frame of the huge page that holds the one of WORD, or 0 where it is not known. */
static uint64_t head_frame(const struct patrol *patrol, const struct area *area, uint64_t word)
{
	uint64_t frames = area->page / PAGE_BYTES;

	return patrol->physical ? pagemap_pfn(word) / frames * frames : 0;
}

/* --- An error that was met --- */

/* The kernel has marked the page: what it says of it, not what we think. */
static bool is_marked(const struct patrol *patrol, uint64_t frame)
{
	uint64_t flags;

	return page_read(patrol->page_flags, frame, &flags, 1) == 1 &&
	       page_has(flags, KPF_HWPOISON);
}

/*
 * The frame that has the error; 0 where it is not known.  Between the look at the page table,
 * which said BEFORE, and the load the kernel may have moved the page.  What it has left there
 * now tells the frame it took away, but for hugetlb pages, of which no trace is left.
 */
static uint64_t frame_of_error(
	const struct patrol *patrol, const struct window *window, size_t position, uint64_t before)
{
	uint64_t word;

	if (!patrol->physical)
		return 0;
	if (window_frames(window, position, &word, 1) == 0 && pagemap_swap_pfn(word) &&
		is_marked(patrol, pagemap_swap_pfn(word)))
		return pagemap_swap_pfn(word);
	return pagemap_pfn(before);
}

/* What is known of the rest of the huge page that is lost with the error. */
static void describe_huge_page(const struct patrol *patrol, uint64_t word, struct hit *hit)
{
	const struct area *area = hit->place.area;
	uint64_t start = hit->place.offset / area->page * area->page;

	if (area->memory != AREA_HUGETLB)
		return;
	hit->verified_offset = MAX(start, patrol->clean_start);
	hit->verified_size = patrol->clean_end - hit->verified_offset;
	hit->has_age = history_age(head_frame(patrol, area, word), clock_now(), &hit->verified_age);
}

void found_error(struct patrol *patrol, const struct window *window, size_t position, uint64_t word,
	const struct guard_fault *fault)
{
	struct hit hit = {.place = place_at(patrol, window, position), .fault = fault};
	uint64_t frame = frame_of_error(patrol, window, position, word);

	patrol->tally.hits++;
	hit.physical = frame << PAGE_SHIFT;
	hit.confirmed = frame && is_marked(patrol, frame);
	describe_huge_page(patrol, word, &hit);
	report_hit(&hit, &patrol->blocks);
}

/* --- An error that was known --- */

/*
 * The frame behind a page that the kernel took away, where its owner's page
 * table still tells; 0 where not (hugetlb pages leave no trace there).
 */
static uint64_t find_known_frame(
	const struct patrol *patrol, const struct place *place, uint64_t *flags)
{
	const struct area *area = place->area;
	uint64_t word, frame;
	bool has_owner = area->pid && !place->is_abandoned;
	int pagemap = has_owner && patrol->physical ? pagemap_open(patrol->root, area->pid) : -1;

	if (pagemap < 0)
		return 0;

	ssize_t n = pagemap_read(pagemap, area_va(area, place->offset), &word, 1);

	close(pagemap);
	if (n != 1)
		return 0;
	frame = pagemap_swap_pfn(word);
	if (!frame || page_read(patrol->page_flags, frame, flags, 1) != 1)
		return 0;
	return page_has(*flags, KPF_HWPOISON) ? frame : 0;
}

void found_known(
	struct patrol *patrol, const struct window *window, size_t position, uint64_t bytes)
{
	struct place place = place_at(patrol, window, position);
	uint64_t flags;
	uint64_t frame = find_known_frame(patrol, &place, &flags);

	patrol->tally.known++;
	patrol->tally.unreachable += bytes;
	if (frame)
		report_known(&place, &patrol->blocks, frame << PAGE_SHIFT, page_kind(flags));
	else
		report_skip(&(struct skip){place, .reason = "poisoned", .bytes = bytes});
}

/* --- No error --- */

void found_clean(const struct patrol *patrol, const struct area *area, uint64_t word)
{
	history_note(head_frame(patrol, area, word), clock_now());
}
