/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy.h"

#include <string.h>

/* What is done with a page that has been loaded. */
enum purpose {
	SEND,   /* whatever the target has */
	VERIFY, /* unless the target has it, and its digest */
};

/* What is remembered of a digest: 0 stands for zeros, and for what the target never had. */
static uint64_t short_form(const unsigned char digest[DIGEST_BYTES])
{
	uint64_t word;

	memcpy(&word, digest, sizeof(word));
	return word ? word : 1;
}

/* --- Runs of pages that become frames --- */

static int flush(struct copy *copy, struct frame *frame, const void *body)
{
	int result = 0;

	if (frame->pages)
		result = wire_check(copy->wire) == 0 ? wire_send(copy->wire, frame, body) : -1;
	frame->pages = frame->body = 0;
	return result;
}

/* What has been sent comes before what is said of it. */
static int flush_all(struct copy *copy)
{
	if (flush(copy, &copy->content, copy->content_body) != 0 ||
		flush(copy, &copy->zero, NULL) != 0)
		return -1;
	return flush(copy, &copy->digests, copy->digests_body);
}

static bool is_continued(const struct frame *frame, uint32_t block, uint64_t page, uint32_t max)
{
	return frame->pages && frame->pages < max && frame->block == block &&
	       frame->first + frame->pages == page;
}

static void extend(
	struct frame *frame, enum frame_type type, uint32_t block, uint64_t page, uint32_t per_page)
{
	if (!frame->pages)
		*frame = (struct frame){.type = type, .block = block, .first = page};
	frame->pages++;
	frame->body += per_page;
}

static int add_content(struct copy *copy, uint32_t block, uint64_t page, const void *data)
{
	if (!is_continued(&copy->content, block, page, WIRE_PAGES_MAX) &&
		flush(copy, &copy->content, copy->content_body) != 0)
		return -1;
	memcpy(copy->content_body[copy->content.pages], data, PAGE_BYTES);
	extend(&copy->content, FRAME_PAGES, block, page, PAGE_BYTES);
	copy->pages++;
	return 0;
}

static int add_zero(struct copy *copy, uint32_t block, uint64_t page)
{
	if (!is_continued(&copy->zero, block, page, UINT32_MAX) &&
		flush(copy, &copy->zero, NULL) != 0)
		return -1;
	extend(&copy->zero, FRAME_ZERO, block, page, 0);
	return 0;
}

static int add_digest(struct copy *copy, uint32_t block, uint64_t page, const unsigned char *digest)
{
	if (!is_continued(&copy->digests, block, page, WIRE_DIGESTS_MAX) && flush_all(copy) != 0)
		return -1;
	memcpy(copy->digests_body[copy->digests.pages], digest, DIGEST_BYTES);
	extend(&copy->digests, FRAME_DIGESTS, block, page, DIGEST_BYTES);
	return 0;
}

/* --- Pages --- */

static int take_zero(struct copy *copy, uint32_t block, uint64_t page, enum purpose purpose)
{
	uint64_t *known = &copy->ram->block[block].digest[page];

	if (!*known)
		return 0;
	*known = 0;
	copy->unseen += purpose == VERIFY;
	return add_zero(copy, block, page);
}

static int take_data(
	struct copy *copy, uint32_t block, uint64_t page, const void *data, enum purpose purpose)
{
	uint64_t *known = &copy->ram->block[block].digest[page];
	unsigned char digest[DIGEST_BYTES];
	bool differs;

	digest_of(data, digest);
	differs = *known != short_form(digest);
	*known = short_form(digest);
	if ((differs || purpose == SEND) && add_content(copy, block, page, data) != 0)
		return -1;
	copy->unseen += differs && purpose == VERIFY;
	return purpose == VERIFY ? add_digest(copy, block, page, digest) : 0;
}

static int take_page(
	struct copy *copy, uint32_t block, uint64_t page, unsigned int i, enum purpose purpose)
{
	switch (copy->load.content[i]) {
	case PAGE_LOST:
		page_set_add(&copy->ram->block[block].lost, page, 1);
		return 0;
	case PAGE_ZERO:
		return take_zero(copy, block, page, purpose);
	case PAGE_DATA:
		break;
	}
	return take_data(copy, block, page, copy->load.data[i], purpose);
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
		follow_step(copy->follow, got);
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
		if (is_lost)
			follow_step(copy->follow, n);
		else if (take_good(copy, block, first, n, purpose) != 0)
			return -1;
	}
	return 0;
}

/* Holes: what the target has there is of another time. */
static int take_holes(
	struct copy *copy, uint32_t block, uint64_t first, uint64_t end, enum purpose purpose)
{
	for (uint64_t page = first; page < end; page++)
		if (take_zero(copy, block, page, purpose) != 0)
			return -1;
	follow_step(copy->follow, end - first);
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
	return flush_all(copy);
}

int copy_all(struct copy *copy)
{
	return take_all(copy, SEND);
}

int copy_truth(struct copy *copy)
{
	return take_all(copy, VERIFY);
}

int copy_dirty(struct copy *copy)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < copy->ram->blocks; i++)
		pages += copy->ram->block[i].dirty.count;
	follow_pass(copy->follow, pages);
	for (uint32_t i = 0; i < copy->ram->blocks; i++) {
		struct page_set *dirty = &copy->ram->block[i].dirty;
		uint64_t first = 0, n = 0;

		while (page_set_next(dirty, true, &first, &n))
			if (take_run(copy, i, first, n, SEND) != 0)
				return -1;
		page_set_clear(dirty);
	}
	return flush_all(copy);
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
