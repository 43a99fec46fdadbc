/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "patrol.h"
#include "guard.h"
#include "page.h"
#include "window.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/param.h>
#include <unistd.h>

enum {
	PIECE_BYTES = 2 << 20, /* addresses are looked up, then read, for this much at a time */
	PIECE_FRAMES = PIECE_BYTES / PAGE_BYTES,
};

static struct place place_at(const struct window *window, size_t position)
{
	return (struct place){window->area, window->offset + position};
}

static void skip(struct patrol *patrol, const struct place *place, uint64_t bytes, int error)
{
	patrol->tally.skipped += bytes;
	report_skip(place, bytes, "failed", error);
}

/*
 * Leave a page at once after an error in it: a second read would be a second
 * machine check.  With a huge page everything behind the error is lost to us.
 * Returns the position behind the page.
 */
static size_t leave_page(
	struct patrol *patrol, const struct window *window, size_t piece, size_t fault)
{
	size_t page = window->area->page;
	size_t next = fault / page * page + page;
	size_t read_to = fault / PAGE_BYTES * PAGE_BYTES;

	if (read_to < piece)
		read_to = piece;
	patrol->tally.scanned += read_to - piece;
	patrol->tally.unreachable += next - read_to;
	return next;
}

/*
 * Read the piece from POSITION to END, all of which was mapped a moment ago.
 * Returns how far it came: to END, or past the page that stopped it.
 */
static size_t read_piece(
	struct patrol *patrol, const struct window *window, size_t position, size_t end)
{
	uint64_t frames[PIECE_FRAMES];
	struct guard_fault fault;

	/* Before the read: after it memory_failure() has taken the page out of the page table. */
	if (window_frames(window, position, frames, (end - position) / PAGE_BYTES) != 0) {
		struct place place = place_at(window, position);

		skip(patrol, &place, end - position, errno);
		return end;
	}
	if (guard_sweep(window->start + position, end - position, &fault)) {
		patrol->tally.scanned += end - position;
		return end;
	}

	size_t at = (size_t)(fault.address - window->start);

	if (!guard_is_memory_error(&fault)) {
		/* Punched out or truncated by its owner since it was mapped. */
		size_t page = window->area->page;

		at = at / page * page;
		patrol->tally.scanned += at - position;
		patrol->tally.holes += page;
		return at + page;
	}

	struct place place = place_at(window, at / PAGE_BYTES * PAGE_BYTES);
	uint64_t frame = pagemap_pfn(frames[(at - position) / PAGE_BYTES]);

	patrol->tally.hits++;
	report_hit(&place, &patrol->blocks, frame << PAGE_SHIFT, &fault);
	return leave_page(patrol, window, position, at);
}

static void read_run(
	struct patrol *patrol, const struct window *window, size_t position, size_t end)
{
	while (position < end) {
		size_t stop = MIN(end, position / PIECE_BYTES * PIECE_BYTES + PIECE_BYTES);

		position = read_piece(patrol, window, position, stop);
	}
}

/*
 * The frame behind a page that the kernel took away, where its owner's page
 * table still tells; 0 where not (hugetlb pages leave no trace there).
 */
static uint64_t find_known_frame(
	const struct patrol *patrol, const struct place *place, uint64_t *flags)
{
	const struct area *area = place->area;
	uint64_t word, frame;

	if (patrol->owner_pagemap < 0 || patrol->page_flags < 0 ||
		pagemap_read(patrol->owner_pagemap, area->va + (place->offset - area->offset),
			&word, 1) != 1)
		return 0;
	frame = pagemap_swap_pfn(word);
	if (!frame || page_read(patrol->page_flags, frame, flags, 1) != 1)
		return 0;
	return page_has(*flags, KPF_HWPOISON) ? frame : 0;
}

static void note_known(struct patrol *patrol, const struct place *place, uint64_t bytes)
{
	uint64_t flags;
	uint64_t frame = find_known_frame(patrol, place, &flags);

	patrol->tally.known++;
	patrol->tally.unreachable += bytes;
	if (frame)
		report_known(place, &patrol->blocks, frame << PAGE_SHIFT, page_kind(flags));
	else
		report_skip(place, bytes, "poisoned", 0);
}

static void read_window(struct patrol *patrol, const struct window *window)
{
	struct run run;

	for (size_t position = 0; position < window->size; position += run.size) {
		struct place place = place_at(window, position);

		run = window_screen(window, position);
		switch (run.kind) {
		case RUN_READABLE:
			read_run(patrol, window, position, position + run.size);
			break;
		case RUN_HOLE:
			patrol->tally.holes += run.size;
			break;
		case RUN_POISONED:
			note_known(patrol, &place, run.size);
			break;
		case RUN_FAILED:
			skip(patrol, &place, run.size, errno);
			break;
		}
	}
}

/* Where memory begins at or behind OFFSET: a hint that saves screening wide holes. */
static uint64_t next_data(const struct area *area, uint64_t offset, uint64_t end)
{
	if (area->memory != AREA_SHMEM)
		return offset;

	off_t data = lseek(area->fd, (off_t)offset, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO ? end : offset;
	return MIN(end, (uint64_t)data / area->page * area->page);
}

void patrol_area(struct patrol *patrol, const struct area *area)
{
	uint64_t end = area->offset + area->size;
	uint64_t step = MAX((uint64_t)WINDOW_BYTES, area->page);
	uint64_t offset = area->offset;

	while (offset < end) {
		uint64_t data = next_data(area, offset, end);
		struct place place = {area, data};
		struct window window;

		patrol->tally.holes += data - offset;
		offset = data;
		if (offset == end)
			break;

		size_t size = (size_t)MIN(end - offset, step);

		if (window_open(&window, area, offset, size) == 0) {
			read_window(patrol, &window);
			window_close(&window);
		} else {
			skip(patrol, &place, size, errno);
		}
		offset += size;
	}
}
