/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy_frames.h"
#include "copy_run.h"

#include <errno.h>
#include <string.h>

static int take_block(struct copy *copy, uint32_t number, enum copy_purpose purpose)
{
	const struct ram_block *block = &copy->ram->block[number];
	uint64_t first = 0, n = 0, end = 0;
	int more;

	while ((more = parts_next_data(&block->parts, &first, &n)) > 0) {
		if (copy_holes(copy, number, end, first, purpose) != 0 ||
			copy_run(copy, number, first, n, purpose) != 0)
			return -1;
		end = first + n;
	}
	if (more < 0)
		return wire_fail(copy->wire, errno, "look for holes: %s", strerror(errno));
	return copy_holes(copy, number, end, block->pages, purpose);
}

static int take_all(struct copy *copy, enum copy_purpose purpose)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < copy->ram->blocks; i++)
		pages += copy->ram->block[i].pages;
	follow_pass(copy->follow, pages);
	for (uint32_t i = 0; i < copy->ram->blocks; i++)
		if (take_block(copy, i, purpose) != 0)
			return -1;
	return copy_flush(copy);
}

int copy_all(struct copy *copy)
{
	return take_all(copy, SEND);
}

int copy_truth(struct copy *copy)
{
	return take_all(copy, PROVE) == 0 ? copy_lost(copy) : -1;
}

int copy_differing(struct copy *copy)
{
	uint64_t before = copy->changed;
	int result = take_all(copy, SEND);

	copy->unseen += copy->changed - before;
	return result;
}

/* --- Sets of pages --- */

typedef struct page_set *set_of(struct ram_block *block);

static struct page_set *dirty_of(struct ram_block *block)
{
	return &block->dirty;
}

static struct page_set *written_of(struct ram_block *block)
{
	return &block->written;
}

/* What is dirty in large pages, of which the kernel tells no less when a byte has been written. */
static struct page_set *coarse_of(struct ram_block *block)
{
	static struct page_set none;

	return block->parts.has_huge ? &block->dirty : &none;
}

static int take_set(
	struct copy *copy, uint32_t number, struct page_set *set, enum copy_purpose purpose)
{
	uint64_t first = 0, n = 0;

	while (page_set_next(set, true, &first, &n))
		if (copy_run(copy, number, first, n, purpose) != 0)
			return -1;
	if (purpose == LOOK)
		page_set_subtract(set, &copy->ram->block[number].lost);
	else
		page_set_clear(set);
	return 0;
}

static int take_sets(struct copy *copy, set_of *of, enum copy_purpose purpose)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < copy->ram->blocks; i++)
		pages += of(&copy->ram->block[i])->count;
	follow_pass(copy->follow, pages);
	for (uint32_t i = 0; i < copy->ram->blocks; i++)
		if (take_set(copy, i, of(&copy->ram->block[i]), purpose) != 0)
			return -1;
	return copy_flush(copy);
}

int copy_look(struct copy *copy)
{
	return take_sets(copy, coarse_of, LOOK);
}

int copy_dirty(struct copy *copy)
{
	return take_sets(copy, dirty_of, SEND);
}

int copy_written(struct copy *copy)
{
	uint64_t before = copy->changed;
	int result = take_sets(copy, written_of, SEND);

	copy->unseen += copy->changed - before;
	return result;
}

int copy_answer(struct copy *copy, const struct frame *want)
{
	copy->is_asked = true;
	if (copy_run(copy, want->block, want->first, want->pages, ANSWER) != 0)
		return -1;
	return copy_flush(copy);
}

static int tell_missing(struct copy *copy, uint32_t number)
{
	static unsigned char bits[WIRE_PIECE_MAX];
	const struct ram_block *block = &copy->ram->block[number];
	struct frame frame = {.type = FRAME_MISSING, .block = number};

	for (; frame.first < block->pages; frame.first += frame.pages) {
		uint64_t left = block->pages - frame.first;

		frame.pages = left < WIRE_BITS_MAX ? (uint32_t)left : WIRE_BITS_MAX;
		frame.body = (frame.pages + 7) / 8;
		if (page_set_pack(&block->written, frame.first, frame.pages, bits) &&
			wire_send(copy->wire, &frame, bits) != 0)
			return -1;
	}
	return 0;
}

int copy_missing(struct copy *copy)
{
	for (uint32_t i = 0; i < copy->ram->blocks; i++) {
		struct ram_block *block = &copy->ram->block[i];

		page_set_subtract(&block->written, &block->lost);
		if (tell_missing(copy, i) != 0)
			return -1;
		page_set_clear(&block->written);
		page_set_clear(&block->dirty);
	}
	return 0;
}

int copy_lost(struct copy *copy)
{
	for (uint32_t i = 0; i < copy->ram->blocks; i++) {
		struct frame frame = {.type = FRAME_LOST, .block = i};
		uint64_t n = 0;

		while (page_set_next(&copy->ram->block[i].lost, true, &frame.first, &n)) {
			frame.pages = (uint32_t)n; /* a run of 16 TiB has no other end either */
			if (wire_send(copy->wire, &frame, NULL) != 0)
				return -1;
		}
	}
	return 0;
}
