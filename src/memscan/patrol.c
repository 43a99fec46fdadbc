/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "patrol.h"
#include "clock.h"
#include "guard.h"
#include "history.h"
#include "manners.h"
#include "page.h"
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

/* The same, of something worth telling: with its process only if that is still right. */
static struct place known_place(
	const struct patrol *patrol, const struct window *window, size_t position)
{
	struct place place = place_at(window, position);

	place.is_abandoned =
		window->area->pid && !area_is_mapped(window->area, patrol->root, place.offset);
	return place;
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

/* The first frame of the area's page that holds POSITION, or 0 where it is not known. */
static uint64_t head_frame(const struct patrol *patrol, const struct piece *piece, size_t position)
{
	uint64_t word = piece->frames[(position - piece->start) / PAGE_BYTES];
	uint64_t frames = piece->window->area->page / PAGE_BYTES;

	return patrol->physical ? pagemap_pfn(word) / frames * frames : 0;
}

/* The huge pages that end in the piece and were read from their start on. */
static void remember_clean(const struct patrol *patrol, const struct piece *piece)
{
	uint64_t page = piece->window->area->page;

	if (piece->window->area->memory != AREA_HUGETLB)
		return;
	for (size_t end = (piece->start / page + 1) * page; end <= piece->end; end += page) {
		size_t last = end - PAGE_BYTES;

		if (piece->window->offset + end - page >= patrol->clean_start)
			history_note(head_frame(patrol, piece, last), clock_now());
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

/* What is known of the rest of the huge page that is lost with the error at position AT. */
static void describe_huge_page(
	const struct patrol *patrol, const struct piece *piece, size_t at, struct hit *hit)
{
	const struct area *area = piece->window->area;
	uint64_t start = hit->place.offset / area->page * area->page;

	if (area->memory != AREA_HUGETLB)
		return;
	hit->verified_offset = MAX(start, patrol->clean_start);
	hit->verified_size = patrol->clean_end - hit->verified_offset;
	hit->has_age = history_age(head_frame(patrol, piece, at), clock_now(), &hit->verified_age);
}

/* The kernel has marked the page: what it says of it, not what we think. */
static bool is_marked(const struct patrol *patrol, uint64_t frame)
{
	uint64_t flags;

	return page_read(patrol->page_flags, frame, &flags, 1) == 1 &&
	       page_has(flags, KPF_HWPOISON);
}

/*
 * The frame that has the error at position AT; 0 where it is not known.  Between the look at the
 * page table and the load the kernel may have moved the page.  What it has left there now tells:
 * the frame it took away, but for hugetlb pages, of which no trace is left.
 */
static uint64_t frame_of_hit(const struct patrol *patrol, const struct piece *piece, size_t at)
{
	uint64_t word;

	if (!patrol->physical)
		return 0;
	if (window_frames(piece->window, at, &word, 1) == 0 && pagemap_swap_pfn(word) &&
		is_marked(patrol, pagemap_swap_pfn(word)))
		return pagemap_swap_pfn(word);
	return pagemap_pfn(piece->frames[(at - piece->start) / PAGE_BYTES]);
}

/*
 * An error at position AT.  The page is left at once: a second read of it would
 * be a second machine check.  Of a huge page everything behind the error is lost to us.
 */
static size_t take_hit(struct patrol *patrol, const struct piece *piece, size_t at,
	const struct guard_fault *fault)
{
	struct hit hit = {.place = known_place(patrol, piece->window, at), .fault = fault};
	uint64_t frame = frame_of_hit(patrol, piece, at);
	size_t next = leave_page(patrol, piece, at, &patrol->tally.unreachable);

	patrol->tally.hits++;
	hit.physical = frame << PAGE_SHIFT;
	hit.confirmed = frame && is_marked(patrol, frame);
	describe_huge_page(patrol, piece, at, &hit);
	report_hit(&hit, &patrol->blocks);
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
	if (!guard_sweep(window->start + piece.start, piece.end - piece.start, &fault)) {
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

static void note_known(struct patrol *patrol, const struct place *place, uint64_t bytes)
{
	uint64_t flags;
	uint64_t frame = find_known_frame(patrol, place, &flags);

	patrol->tally.known++;
	patrol->tally.unreachable += bytes;
	if (frame)
		report_known(place, &patrol->blocks, frame << PAGE_SHIFT, page_kind(flags));
	else
		report_skip(&(struct skip){*place, .reason = "poisoned", .bytes = bytes});
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
			patrol->tally.holes += run.size;
			break;
		case RUN_POISONED:
			place = known_place(patrol, window, position);
			note_known(patrol, &place, run.size);
			break;
		case RUN_FAILED:
			skip_failed(patrol, &place, run.size, errno);
			break;
		}
		position = next;
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
