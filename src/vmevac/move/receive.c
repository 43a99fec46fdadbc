/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "receive.h"
#include "digest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int fail(struct receive *receive, int error, const char *why)
{
	snprintf(receive->why, sizeof(receive->why), "%s", why);
	errno = error;
	return -1;
}

static int by_wire(struct receive *receive, int result)
{
	return result == 0 ? 0 : fail(receive, errno, receive->wire->why);
}

int receive_empty(struct receive *receive)
{
	for (unsigned int i = 0; i < receive->ram->blocks; i++)
		if (ram_punch(&receive->ram->block[i], 0, receive->ram->block[i].pages) != 0)
			return fail(receive, errno, "empty the target's memory");
	return 0;
}

/* --- Frames --- */

static struct ram_block *block_of(struct receive *receive, const struct frame *frame)
{
	return &receive->ram->block[frame->block];
}

static int take_pages(struct receive *receive, const struct frame *frame)
{
	return by_wire(receive,
		wire_take(receive->wire,
			block_of(receive, frame)->memory + frame->first * PAGE_BYTES, frame->body));
}

static int take_zero(struct receive *receive, const struct frame *frame)
{
	if (ram_punch(block_of(receive, frame), frame->first, frame->pages) != 0)
		return fail(receive, errno, "empty a page");
	return 0;
}

static int take_lost(struct receive *receive, const struct frame *frame)
{
	page_set_add(&block_of(receive, frame)->lost, frame->first, frame->pages);
	return take_zero(receive, frame);
}

static void note_mismatch(struct receive *receive, uint32_t block, uint64_t page)
{
	if (receive->mismatched++)
		return;
	receive->block = block;
	receive->page = page;
}

static void compare(
	struct receive *receive, uint32_t block, uint64_t page, const unsigned char *wanted)
{
	unsigned char digest[DIGEST_BYTES];

	digest_of(receive->ram->block[block].memory + page * PAGE_BYTES, digest);
	if (memcmp(digest, wanted, sizeof(digest)) != 0)
		note_mismatch(receive, block, page);
}

static int take_digests(struct receive *receive, const struct frame *frame)
{
	static unsigned char digests[WIRE_DIGESTS_MAX][DIGEST_BYTES];

	if (by_wire(receive, wire_take(receive->wire, digests, frame->body)) != 0)
		return -1;
	for (uint32_t i = 0; i < frame->pages; i++)
		compare(receive, frame->block, frame->first + i, digests[i]);
	page_set_add(&block_of(receive, frame)->told, frame->first, frame->pages);
	return 0;
}

static int keep(struct receive *receive, const struct frame *frame, struct kept *kept)
{
	static char piece[WIRE_PIECE_MAX];

	if (by_wire(receive, wire_take(receive->wire, piece, frame->body)) != 0)
		return -1;
	if (kept_add(kept, piece, frame->body) != 0)
		return fail(receive, errno, "keep what is not RAM");
	return 0;
}

static int take_devices(struct receive *receive, const struct frame *frame)
{
	return keep(receive, frame, &receive->devices);
}

static int take_firmware(struct receive *receive, const struct frame *frame)
{
	return keep(receive, frame, &receive->firmware);
}

static int (*const takers[FRAME_TYPES])(struct receive *, const struct frame *) = {
	[FRAME_PAGES] = take_pages,
	[FRAME_ZERO] = take_zero,
	[FRAME_LOST] = take_lost,
	[FRAME_DIGESTS] = take_digests,
	[FRAME_DEVICES] = take_devices,
	[FRAME_FIRMWARE] = take_firmware,
};

static int take(struct receive *receive, const struct frame *frame)
{
	if (frame->pages && !ram_has(receive->ram, frame->block, frame->first, frame->pages))
		return fail(receive, EBADMSG, "the source sent pages that there are not");
	if (!takers[frame->type])
		return fail(receive, EBADMSG, "the source sent what nobody had asked for");
	return takers[frame->type](receive, frame);
}

/* Pages that nothing was told of are zeros at the source. */
static void compare_rest(struct receive *receive, uint32_t number)
{
	const struct ram_block *block = &receive->ram->block[number];
	uint64_t first = 0, n = 0;

	while (ram_next_data(block, &first, &n))
		for (uint64_t page = first; page < first + n; page++)
			if (!page_set_has(&block->told, page) &&
				!page_set_has(&block->lost, page) &&
				!page_is_zero(block->memory + page * PAGE_BYTES))
				note_mismatch(receive, number, page);
}

static int check_mismatched(struct receive *receive)
{
	char words[256];

	for (uint32_t i = 0; i < receive->ram->blocks; i++)
		compare_rest(receive, i);
	if (!receive->mismatched)
		return 0;
	snprintf(words, sizeof(words), "%llu pages differ, the first is page %llu of %s",
		(unsigned long long)receive->mismatched, (unsigned long long)receive->page,
		receive->ram->block[receive->block].id);
	return fail(receive, EILSEQ, words);
}

int receive_until(struct receive *receive, const char *type)
{
	struct frame frame;

	for (;;) {
		if (by_wire(receive, wire_receive(receive->wire, &frame)) != 0)
			return -1;
		if (frame.type == FRAME_RECORD)
			break;
		if (take(receive, &frame) != 0)
			return -1;
	}
	if (!rec_is(&receive->wire->rec, type))
		return fail(receive, EBADMSG, "the source sent another record than was to come");
	return check_mismatched(receive);
}
