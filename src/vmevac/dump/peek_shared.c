/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peek: memory that is shared, mapped here and loaded. */
#include "area.h"
#include "guard.h"
#include "page.h"
#include "peek.h"
#include "window.h"

#include <errno.h>
#include <string.h>
#include <sys/param.h>

enum {
	PIECE_BYTES = 256 << 10, /* what stays in a cache of the second level */
	PIECE_PAGES = PIECE_BYTES / PAGE_BYTES,
	WORDS = PAGE_BYTES / sizeof(uint64_t),
};

static char buffer[PIECE_BYTES] __attribute__((aligned(PAGE_BYTES)));

/* A stretch of an area that is being read, as offsets in its file. */
struct stretch {
	struct peek *peek;
	const struct area *area;
	const struct peek_visitor *visitor;
	struct window window;
	uint64_t end;
};

static uint64_t position(const struct stretch *stretch, uint64_t offset)
{
	return offset - stretch->window.offset;
}

static int lose(const struct stretch *stretch, uint64_t offset, uint64_t size, bool met)
{
	return stretch->visitor->lost(
		stretch->visitor->context, area_va(stretch->area, offset), size, met);
}

/* --- Loads --- */

struct copy {
	const char *from;
	size_t pages;
	volatile size_t done; /* pages: read after a jump out of the copying */
	bool zero[PIECE_PAGES];
};

/*
 * Volatile, so that no compiler makes a memcpy(3) of it: that may use string instructions,
 * inside which not every processor can recover from a machine check.
 */
static bool copy_page(uint64_t *to, const volatile uint64_t *from)
{
	uint64_t any = 0;

	for (size_t i = 0; i < WORDS; i += 4) {
		uint64_t a = from[i], b = from[i + 1], c = from[i + 2], d = from[i + 3];

		to[i] = a;
		to[i + 1] = b;
		to[i + 2] = c;
		to[i + 3] = d;
		any |= a | b | c | d;
	}
	return any == 0;
}

static void copy_pages(void *context)
{
	struct copy *copy = context;

	for (; copy->done < copy->pages; copy->done++) {
		size_t at = copy->done * PAGE_BYTES;

		copy->zero[copy->done] = copy_page(
			(uint64_t *)(void *)(buffer + at), (const void *)(copy->from + at));
	}
}

/*
 * The page at *OFFSET could not be loaded.  What comes of it is known when it is looked at once
 * more, unless the fault says it; twice in the same place is enough.
 */
static int take_fault(struct stretch *stretch, uint64_t *offset, const struct guard_fault *fault)
{
	static uint64_t last = UINT64_MAX;
	uint64_t page = stretch->area->page;
	uint64_t next = MIN(stretch->end, *offset / page * page + page);
	bool again = *offset == last;
	bool met = guard_is_memory_error(fault);

	last = *offset;
	if (!met && !again && stretch->area->memory != AREA_PAGE_CACHE)
		return 0;
	last = UINT64_MAX;

	int result = lose(stretch, *offset, next - *offset, met);

	*offset = next;
	return result;
}

/* Pages from *OFFSET to END, which are there; *OFFSET moves behind what was dealt with. */
static int load(struct stretch *stretch, uint64_t *offset, uint64_t end)
{
	while (*offset < end) {
		struct copy copy = {
			.from = stretch->window.start + position(stretch, *offset),
			.pages = MIN(end - *offset, (uint64_t)PIECE_BYTES) / PAGE_BYTES,
		};
		struct guard_fault fault;
		bool whole = guard_run(copy_pages, &copy, &fault);
		size_t size = copy.done * PAGE_BYTES;

		if (peek_hand_over(stretch->visitor, area_va(stretch->area, *offset), buffer, size,
			    copy.zero) != 0)
			return -1;
		*offset += size;
		if (!whole)
			return take_fault(stretch, offset, &fault);
	}
	return 0;
}

/* --- What is there --- */

/* A file on storage is in memory as far as it was read; the rest comes when it is loaded. */
static struct run look(const struct stretch *stretch, uint64_t offset)
{
	if (stretch->area->memory == AREA_PAGE_CACHE)
		return (struct run){RUN_READABLE, (size_t)(stretch->end - offset)};

	uint64_t page = stretch->area->page;
	size_t at = (size_t)position(stretch, offset), start = at / page * page;
	struct run run = window_screen(&stretch->window, start);

	run.size -= at - start;
	return run;
}

/* From *OFFSET to END nobody has marked anything. */
static int read_unmarked(struct stretch *stretch, uint64_t *offset, uint64_t end)
{
	struct run run = look(stretch, *offset);
	uint64_t stop = MIN(end, *offset + run.size), start = *offset;

	switch (run.kind) {
	case RUN_READABLE:
		return load(stretch, offset, stop);
	case RUN_HOLE:
		*offset = stop;
		return 0;
	case RUN_POISONED:
		*offset = stop;
		return lose(stretch, start, stop - start, false);
	case RUN_FAILED:
		break;
	}
	stretch->peek->why = "map its memory";
	return -1;
}

/*
 * The pages from OFFSET to *STOP are all marked as lost to the process, or none is.  What is
 * marked is none of the file's: there others may have a hole, or the memory that was to take its
 * place.
 */
static int look_for_marks(const struct stretch *stretch, uint64_t offset, uint64_t *stop, bool *bad)
{
	static uint64_t words[WINDOW_BYTES / PAGE_BYTES];
	size_t n = MIN(stretch->end - offset, (uint64_t)WINDOW_BYTES) / PAGE_BYTES, i = 1;

	if (peek_words(stretch->peek, area_va(stretch->area, offset), words, n) != 0)
		return -1;
	*bad = pagemap_is_marked_bad(words[0]);
	while (i < n && pagemap_is_marked_bad(words[i]) == *bad)
		i++;
	*stop = offset + i * PAGE_BYTES;
	return 0;
}

static int read_window(struct stretch *stretch, uint64_t offset)
{
	uint64_t stop;
	bool bad;

	while (offset < stretch->end) {
		if (look_for_marks(stretch, offset, &stop, &bad) != 0)
			return -1;
		while (!bad && offset < stop)
			if (read_unmarked(stretch, &offset, stop) != 0)
				return -1;
		if (bad && lose(stretch, offset, stop - offset, false) != 0)
			return -1;
		offset = MAX(offset, stop);
	}
	return 0;
}

/* Windows are of whole pages, which huge ones may not be of the stretch. */
static int read_area(struct stretch *stretch, uint64_t offset, uint64_t end)
{
	uint64_t page = stretch->area->page, step = MAX((uint64_t)WINDOW_BYTES, page);

	for (; offset < end; offset = stretch->end) {
		uint64_t first = offset / page * page;
		int result;

		stretch->end = MIN(end, first + step);
		stretch->peek->why = "map its memory";
		if (window_open(&stretch->window, stretch->area, first,
			    roundup(stretch->end, page) - first) != 0)
			return -1;
		result = read_window(stretch, offset);
		window_close(&stretch->window);
		if (result != 0)
			return -1;
	}
	return 0;
}

int peek_shared(struct peek *peek, const struct vma *vma, uint64_t start, uint64_t end,
	const struct peek_visitor *visitor)
{
	struct area area;
	struct stretch stretch = {.peek = peek, .area = &area, .visitor = visitor};
	int result;

	peek->why = area_of_vma(&area, peek->root, peek->pid, peek->start, vma);
	if (peek->why) {
		/* Only what could not be opened has a reason of the system's. */
		errno = strcmp(peek->why, "open") != 0 ? ENOTSUP : errno;
		return -1;
	}
	result = read_area(
		&stretch, area.offset + (start - vma->start), area.offset + (end - vma->start));

	int error = errno;

	area_close(&area);
	errno = error;
	return result;
}
