/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy_frames.h"

#include <string.h>

/* What is done with a page that has been loaded. */
enum purpose {
	SEND,    /* whatever the target has */
	COMPARE, /* sent unless the target has it */
	PROVE,   /* its digest is sent */
	ANSWER,  /* it was asked for */
};

/* What is remembered of a digest: 0 stands for zeros, and for what the target never had. */
static uint64_t short_form(const unsigned char digest[DIGEST_BYTES])
{
	uint64_t word;

	memcpy(&word, digest, sizeof(word));
	return word ? word : 1;
}

/* --- Pages --- */

static int take_zero(struct copy *copy, uint32_t block, uint64_t page, enum purpose purpose)
{
	uint64_t *known = &copy->ram->block[block].digest[page];

	if (purpose == PROVE || (!*known && purpose != ANSWER))
		return 0;
	*known = 0;
	copy->unseen += purpose == COMPARE;
	return copy_add_zero(copy, block, page);
}

static int take_data(
	struct copy *copy, uint32_t block, uint64_t page, const void *data, enum purpose purpose)
{
	uint64_t *known = &copy->ram->block[block].digest[page];
	unsigned char digest[DIGEST_BYTES];

	digest_of(data, digest);
	if (purpose == PROVE)
		return copy_add_digest(copy, block, page, digest);
	if (purpose == COMPARE && *known == short_form(digest))
		return 0;
	*known = short_form(digest);
	copy->unseen += purpose == COMPARE;
	return copy_add_content(copy, block, page, data);
}

/* Behind the answers of before. */
static int answer_lost(struct copy *copy, uint32_t block, uint64_t first, uint64_t n)
{
	const struct frame frame = {
		.type = FRAME_LOST, .block = block, .first = first, .pages = (uint32_t)n};

	return copy_flush(copy) == 0 ? wire_send(copy->wire, &frame, NULL) : -1;
}

static int take_page(
	struct copy *copy, uint32_t block, uint64_t page, unsigned int i, enum purpose purpose)
{
	switch (copy->load.content[i]) {
	case PAGE_LOST:
		page_set_add(&copy->ram->block[block].lost, page, 1);
		return purpose == ANSWER ? answer_lost(copy, block, page, 1) : 0;
	case PAGE_ZERO:
		return take_zero(copy, block, page, purpose);
	case PAGE_DATA:
		break;
	}
	return take_data(copy, block, page, copy->load.data[i], purpose);
}

/* Who asks for pages makes no pass over them. */
static void pass(const struct copy *copy, uint64_t pages, enum purpose purpose)
{
	if (purpose != ANSWER)
		follow_step(copy->follow, pages);
}

/* N pages of which none is known to be lost, from FIRST on. */
static int take_good(
	struct copy *copy, uint32_t block, uint64_t first, uint64_t n, enum purpose purpose)
{
	const unsigned char *memory = copy->ram->block[block].memory;

	for (uint64_t done = 0; done < n;) {
		uint64_t left = n - done, page = first + done;
		unsigned int got = load_pages(&copy->load, memory + page * PAGE_BYTES,
			left < WIRE_PAGES_MAX ? (unsigned int)left : WIRE_PAGES_MAX);

		for (unsigned int i = 0; i < got; i++)
			if (take_page(copy, block, page + i, i, purpose) != 0)
				return -1;
		pass(copy, got, purpose);
		done += got;
	}
	return 0;
}

static int take_run(
	struct copy *copy, uint32_t block, uint64_t first, uint64_t n, enum purpose purpose)
{
	const struct page_set *lost = &copy->ram->block[block].lost;

	for (uint64_t end = first + n; first < end; first += n) {
		bool is_lost = page_set_has(lost, first);

		for (n = 1; first + n < end && page_set_has(lost, first + n) == is_lost; n++)
			;
		if (!is_lost && take_good(copy, block, first, n, purpose) != 0)
			return -1;
		if (is_lost)
			pass(copy, n, purpose);
		if (is_lost && purpose == ANSWER && answer_lost(copy, block, first, n) != 0)
			return -1;
	}
	return 0;
}

/*
 * Holes: what the target has there is of another time.  In the proof that is no harm: the guest has
 * given these pages away, by its balloon for instance, and expects nothing of them.
 */
static int take_holes(
	struct copy *copy, uint32_t block, uint64_t first, uint64_t end, enum purpose purpose)
{
	const uint64_t *known = copy->ram->block[block].digest;

	for (uint64_t page = first; page < end; page++)
		if (known[page] && (purpose == PROVE ? copy_add_zero(copy, block, page)
						     : take_zero(copy, block, page, purpose)) != 0)
			return -1;
	pass(copy, end - first, purpose);
	return 0;
}

static int take_block(struct copy *copy, uint32_t number, enum purpose purpose)
{
	const struct ram_block *block = &copy->ram->block[number];
	uint64_t first = 0, n = 0, end = 0;

	while (ram_next_data(block, &first, &n)) {
		if (take_holes(copy, number, end, first, purpose) != 0 ||
			take_run(copy, number, first, n, purpose) != 0)
			return -1;
		end = first + n;
	}
	return take_holes(copy, number, end, block->pages, purpose);
}

static int take_all(struct copy *copy, enum purpose purpose)
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

int copy_differing(struct copy *copy)
{
	return take_all(copy, COMPARE);
}

int copy_truth(struct copy *copy)
{
	return take_all(copy, PROVE) == 0 ? copy_lost(copy) : -1;
}

/* All pages in SET of block NUMBER, which is empty then. */
static int take_set(struct copy *copy, uint32_t number, struct page_set *set, enum purpose purpose)
{
	uint64_t first = 0, n = 0;

	while (page_set_next(set, true, &first, &n))
		if (take_run(copy, number, first, n, purpose) != 0)
			return -1;
	page_set_clear(set);
	return 0;
}

int copy_dirty(struct copy *copy)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < copy->ram->blocks; i++)
		pages += copy->ram->block[i].dirty.count;
	follow_pass(copy->follow, pages);
	for (uint32_t i = 0; i < copy->ram->blocks; i++)
		if (take_set(copy, i, &copy->ram->block[i].dirty, SEND) != 0)
			return -1;
	return copy_flush(copy);
}

int copy_written(struct copy *copy)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < copy->ram->blocks; i++)
		pages += copy->ram->block[i].written.count;
	follow_pass(copy->follow, pages);
	for (uint32_t i = 0; i < copy->ram->blocks; i++)
		if (take_set(copy, i, &copy->ram->block[i].written, COMPARE) != 0)
			return -1;
	return copy_flush(copy);
}

int copy_answer(struct copy *copy, const struct frame *want)
{
	copy->is_asked = true;
	if (take_run(copy, want->block, want->first, want->pages, ANSWER) != 0)
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
