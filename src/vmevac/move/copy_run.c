/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy_run.h"
#include "copy_frames.h"

#include <errno.h>
#include <string.h>

/* What is remembered of a digest: 0 stands for zeros, and for what the target never had. */
static uint64_t short_form(const unsigned char digest[DIGEST_BYTES])
{
	uint64_t word;

	memcpy(&word, digest, sizeof(word));
	return word ? word : 1;
}

/* --- Pages --- */

/* KNOWN is what it is remembered by, DATA what is in it, if KNOWN is not 0. */
static int send_page(
	struct copy *copy, uint32_t block, uint64_t page, uint64_t known, const void *data)
{
	copy->ram->block[block].digest[page] = known;
	copy->changed++;
	return known ? copy_add_content(copy, block, page, data) : copy_add_zero(copy, block, page);
}

static int take_good_page(struct copy *copy, uint32_t block, uint64_t page, const void *data,
	enum copy_purpose purpose)
{
	struct ram_block *there = &copy->ram->block[block];
	unsigned char digest[DIGEST_BYTES];
	uint64_t known = 0;

	if (data) {
		digest_of(data, digest);
		known = short_form(digest);
	}
	if (purpose == PROVE)
		return data ? copy_add_digest(copy, block, page, digest) : 0;
	if (purpose == ANSWER || known != there->digest[page])
		return purpose == LOOK ? 0 : send_page(copy, block, page, known, data);
	if (purpose == LOOK)
		page_set_remove(&there->dirty, page, 1);
	return 0;
}

/* Behind the answers of before. */
static int answer_lost(struct copy *copy, uint32_t block, uint64_t first, uint64_t n)
{
	const struct frame frame = {
		.type = FRAME_LOST, .block = block, .first = first, .pages = (uint32_t)n};

	return copy_flush(copy) == 0 ? wire_send(copy->wire, &frame, NULL) : -1;
}

static int take_page(
	struct copy *copy, uint32_t block, uint64_t page, unsigned int i, enum copy_purpose purpose)
{
	const struct load *load = &copy->load;

	if (load->content[i] == PAGE_LOST) {
		page_set_add(&copy->ram->block[block].lost, page, 1);
		return purpose == ANSWER ? answer_lost(copy, block, page, 1) : 0;
	}
	return take_good_page(
		copy, block, page, load->content[i] == PAGE_DATA ? load->data[i] : NULL, purpose);
}

/* Who asks for pages makes no pass over them, in which there may be nothing to send for long. */
static int pass(const struct copy *copy, uint64_t pages, enum copy_purpose purpose)
{
	if (purpose == ANSWER)
		return 0;
	follow_step(copy->follow, pages);
	return wire_keep_alive(copy->wire);
}

/* N pages of which none is known to be lost, from FIRST on. */
static int take_good(
	struct copy *copy, uint32_t block, uint64_t first, uint64_t n, enum copy_purpose purpose)
{
	const struct ram_block *from = &copy->ram->block[block];

	for (uint64_t done = 0; done < n;) {
		uint64_t left = n - done, page = first + done;
		int got = load_pages(&copy->load, &from->parts, from->memory, page,
			left < WIRE_PAGES_MAX ? (unsigned int)left : WIRE_PAGES_MAX);

		if (got < 0)
			return wire_fail(copy->wire, errno, "look for holes: %s", strerror(errno));
		for (int i = 0; i < got; i++)
			if (take_page(copy, block, page + (unsigned int)i, (unsigned int)i,
				    purpose) != 0)
				return -1;
		if (copy_flush_content(copy) != 0 || pass(copy, (uint64_t)got, purpose) != 0)
			return -1;
		done += (uint64_t)got;
	}
	return 0;
}

int copy_run(
	struct copy *copy, uint32_t block, uint64_t first, uint64_t n, enum copy_purpose purpose)
{
	const struct page_set *lost = &copy->ram->block[block].lost;

	for (uint64_t end = first + n; first < end; first += n) {
		bool is_lost = page_set_has(lost, first);

		for (n = 1; first + n < end && page_set_has(lost, first + n) == is_lost; n++)
			;
		if (!is_lost && take_good(copy, block, first, n, purpose) != 0)
			return -1;
		if (is_lost && pass(copy, n, purpose) != 0)
			return -1;
		if (is_lost && purpose == ANSWER && answer_lost(copy, block, first, n) != 0)
			return -1;
	}
	return 0;
}

int copy_holes(
	struct copy *copy, uint32_t block, uint64_t first, uint64_t end, enum copy_purpose purpose)
{
	const uint64_t *known = copy->ram->block[block].digest;

	for (uint64_t page = first; page < end; page++)
		if (known[page] && (purpose == PROVE ? copy_add_zero(copy, block, page)
						     : send_page(copy, block, page, 0, NULL)) != 0)
			return -1;
	return pass(copy, end - first, purpose);
}
