/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "patrol.h"
#include "found.h"
#include "guard.h"
#include "manners.h"
#include "page.h"
#include "sweep.h"
#include "window.h"

#include <errno.h>
#include <sys/param.h>
#include <unistd.h>

enum {
	PIECE_BYTES = 2 << 20, /* addresses are looked up, then read, for this much at a time */
	PIECE_FRAMES = PIECE_BYTES / PAGE_BYTES,
};

static struct place place_at(const struct window *window, size_t position)
{
	return (struct place){.area = window->area, .offset = window->offset + position};
}

void patrol_skip(struct patrol *patrol, const struct skip *skip)
{
	patrol->tally.skipped += skip->bytes;
	patrol->tally.gone |= skip->bytes == 0;
	report_skip(skip);
}

static bool go_on(struct patrol *patrol)
{
	return steady_go_on(patrol->steady, &patrol->tally);
}

static void skip_failed(struct patrol *patrol, const struct place *place, uint64_t bytes, int error)
{
	struct skip skip = {*place, .reason = "failed", .bytes = bytes, .error = error};

	patrol_skip(patrol, &skip);
}

/* The piece of a window that is being read, as positions in the window. */
struct piece {
	const struct window *window;
	size_t start, end;
	uint64_t frames[PIECE_FRAMES]; /* pagemap words, from before the read */
};

/* The piece was read up to position AT. */
static void note_clean(struct patrol *patrol, const struct piece *piece, size_t at)
{
	uint64_t start = piece->window->offset + piece->start;

	patrol->tally.scanned += at - piece->start;
	if (patrol->clean_end != start)
		patrol->clean_start = start;
	patrol->clean_end = piece->window->offset + at;
}

/* The huge pages that end in the piece and were read from their start on. */
static void remember_clean(const struct patrol *patrol, const struct piece *piece)
{
	uint64_t page = piece->window->area->page;

	if (piece->window->area->memory != AREA_HUGETLB)
		return;
	for (size_t end = (piece->start / page + 1) * page; end <= piece->end; end += page) {
		uint64_t word = piece->frames[(end - PAGE_BYTES - piece->start) / PAGE_BYTES];

		if (piece->window->offset + end - page >= patrol->clean_start)
			found_clean(patrol, piece->window->area, word);
	}
}

/* Count what was read of the piece before AT; returns the end of the page that holds AT. */
static size_t leave_page(
	struct patrol *patrol, const struct piece *piece, size_t at, uint64_t *not_read)
{
	size_t page = piece->window->area->page;
	size_t next = at / page * page + page;

	note_clean(patrol, piece, at);
	*not_read += next - at;
	return next;
}

/* An error at position AT.  Of a huge page everything behind it is lost to us. */
static size_t take_hit(struct patrol *patrol, const struct piece *piece, size_t at,
	const struct guard_fault *fault)
{
	uint64_t word = piece->frames[(at - piece->start) / PAGE_BYTES];
	size_t next = leave_page(patrol, piece, at, &patrol->tally.unreachable);

	found_error(patrol, piece->window, at, word, fault);
	return next;
}

/* Returns the position to go on from. */
static size_t take_fault(
	struct patrol *patrol, const struct piece *piece, const struct guard_fault *fault)
{
	size_t page = piece->window->area->page;
	size_t at = (size_t)(fault->address - piece->window->start);

	if (at < piece->start || at >= piece->end) { /* not an answer to our loads */
		struct place place = place_at(piece->window, piece->start);

		skip_failed(patrol, &place, piece->end - piece->start, EFAULT);
		return piece->end;
	}
	if (guard_is_memory_error(fault))
		return take_hit(patrol, piece, at / PAGE_BYTES * PAGE_BYTES, fault);
	/* Its owner has punched or truncated the page out since it was mapped. */
	return leave_page(patrol, piece, MAX(at / page * page, piece->start), &patrol->tally.holes);
}

/* The node of its first page stands for the piece: policies interleave by pages, readers cannot. */
static void follow_memory(const struct patrol *patrol, const struct piece *piece)
{
	uint64_t frame = patrol->physical ? pagemap_pfn(piece->frames[0]) : 0;

	if (frame)
		manners_follow(blocks_node(&patrol->blocks, frame << PAGE_SHIFT));
}

/*
 * How much of the piece is still mapped, so that its addresses are known.  A huge page that
 * the kernel has split, for the error in one of its pages, is all gone from the page table.
 */
static size_t mapped_size(const struct piece *piece)
{
	size_t n = (piece->end - piece->start) / PAGE_BYTES, i = 0;

	while (i < n && pagemap_is_present(piece->frames[i]))
		i++;
	return i * PAGE_BYTES;
}

static void sweep_piece(void *context)
{
	const struct piece *piece = context;

	sweep(piece->window->start + piece->start, piece->end - piece->start);
}

/*
 * Read from *POSITION to END, all of which was mapped a moment ago, and move *POSITION behind
 * what was dealt with.  Returns false when that was not all: then what follows has to be
 * screened anew.
 */
static bool read_piece(
	struct patrol *patrol, const struct window *window, size_t *position, size_t end)
{
	struct piece piece = {.window = window, .start = *position, .end = end};
	struct guard_fault fault;

	/* Before the read: after it memory_failure() has taken the page out of the page table. */
	if (window_frames(window, piece.start, piece.frames, (end - piece.start) / PAGE_BYTES) !=
		0) {
		struct place place = place_at(window, piece.start);

		skip_failed(patrol, &place, end - piece.start, errno);
		*position = end;
		return true;
	}
	piece.end = piece.start + mapped_size(&piece);
	follow_memory(patrol, &piece);
	if (!guard_run(sweep_piece, &piece, &fault)) {
		*position = take_fault(patrol, &piece, &fault);
		return false;
	}
	note_clean(patrol, &piece, piece.end);
	remember_clean(patrol, &piece);
	*position = piece.end;
	return piece.end == end;
}

/* Returns the position to go on from: END, or where something had changed. */
static size_t read_run(
	struct patrol *patrol, const struct window *window, size_t position, size_t end)
{
	bool whole = true;

	while (whole && position < end && go_on(patrol)) {
		size_t stop = MIN(end, position / PIECE_BYTES * PIECE_BYTES + PIECE_BYTES);

		whole = read_piece(patrol, window, &position, stop);
	}
	return position;
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

/* The hole of the window that POSITION is in ends there, or at the window's end. */
static size_t end_of_hole(const struct window *window, size_t position)
{
	uint64_t end = window->offset + window->size;

	return (size_t)(next_data(window->area, window->offset + position, end) - window->offset);
}

static void read_window(struct patrol *patrol, const struct window *window)
{
	size_t position = 0;

	while (position < window->size && go_on(patrol)) {
		struct place place = place_at(window, position);
		struct run run = window_screen(window, position);
		size_t next = position + run.size;

		switch (run.kind) {
		case RUN_READABLE:
			next = read_run(patrol, window, position, next);
			break;
		case RUN_HOLE:
			next = end_of_hole(window, next);
			patrol->tally.holes += next - position;
			break;
		case RUN_POISONED:
			found_known(patrol, window, position, run.size);
			break;
		case RUN_FAILED:
			skip_failed(patrol, &place, run.size, errno);
			break;
		}
		position = next;
	}
}

void patrol_area(struct patrol *patrol, const struct area *area)
{
	uint64_t end = area->offset + area->size;
	uint64_t step = MAX((uint64_t)WINDOW_BYTES, area->page);
	uint64_t offset = area->offset;

	patrol->clean_start = patrol->clean_end = UINT64_MAX;
	while (offset < end && go_on(patrol)) {
		uint64_t data = next_data(area, offset, end);
		struct place place = {.area = area, .offset = data};
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
			skip_failed(patrol, &place, size, errno);
		}
		offset += size;
	}
}
