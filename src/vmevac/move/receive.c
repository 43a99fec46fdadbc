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
	for (unsigned int i = 0; i < receive->ram->blocks; i++) {
		const struct ram_block *block = &receive->ram->block[i];

		if (parts_punch(&block->parts, block->memory, 0, block->pages) != 0)
			return fail(receive, errno, "empty the target's memory");
	}
	return 0;
}

/* --- Frames --- */

static struct ram_block *block_of(struct receive *receive, const struct frame *frame)
{
	return &receive->ram->block[frame->block];
}

static int take_pages(struct receive *receive, const struct frame *frame)
{
	static unsigned char data[WIRE_PAGES_MAX][PAGE_BYTES];
	struct ram_block *block = block_of(receive, frame);

	if (by_wire(receive, wire_take(receive->wire, data, frame->body)) != 0)
		return -1;
	for (uint32_t i = 0; i < frame->pages; i++)
		digest_of(data[i], block->arrived + (frame->first + i) * DIGEST_BYTES);
	if (parts_write(&block->parts, block->memory, frame->first, frame->pages, data) != 0)
		return fail(receive, errno, "fill a page");
	return 0;
}

static int take_zero(struct receive *receive, const struct frame *frame)
{
	struct ram_block *block = block_of(receive, frame);

	memset(block->arrived + frame->first * DIGEST_BYTES, 0,
		(size_t)frame->pages * DIGEST_BYTES);
	if (parts_punch(&block->parts, block->memory, frame->first, frame->pages) != 0)
		return fail(receive, errno, "empty a page");
	return 0;
}

static int take_lost(struct receive *receive, const struct frame *frame)
{
	struct ram_block *block = block_of(receive, frame);

	page_set_add(&block->lost, frame->first, frame->pages);
	page_set_remove(&block->missing, frame->first, frame->pages);
	page_set_remove(&block->unasked, frame->first, frame->pages);
	return take_zero(receive, frame);
}

static int miss(struct receive *receive, struct ram_block *block, uint64_t first, uint64_t n)
{
	page_set_add(&block->missing, first, n);
	page_set_add(&block->unasked, first, n);
	memset(block->arrived + first * DIGEST_BYTES, 0, (size_t)n * DIGEST_BYTES);
	if (parts_miss(&block->parts, block->memory, first, n) != 0)
		return fail(receive, errno, "make room for a page");
	return 0;
}

static int take_missing(struct receive *receive, const struct frame *frame)
{
	static unsigned char bits[WIRE_PIECE_MAX];
	uint64_t n = 0, end = frame->first + frame->pages;

	if (by_wire(receive, wire_take(receive->wire, bits, frame->body)) != 0)
		return -1;
	if (!receive->can_wait)
		return fail(receive, EBADMSG, "the source keeps memory that cannot be waited for");
	for (uint64_t page = frame->first; page <= end; page++) {
		uint64_t i = page - frame->first;

		if (page < end && bits[i / 8] >> i % 8 & 1)
			n++;
		else if (n && miss(receive, block_of(receive, frame), page - n, n) != 0)
			return -1;
		else
			n = 0;
	}
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

typedef int (*const takers[FRAME_TYPES])(struct receive *, const struct frame *);

static const takers content = {
	[FRAME_PAGES] = take_pages,
	[FRAME_ZERO] = take_zero,
	[FRAME_LOST] = take_lost,
	[FRAME_DEVICES] = take_devices,
	[FRAME_FIRMWARE] = take_firmware,
	[FRAME_MISSING] = take_missing,
};

static int take(struct receive *receive, const struct frame *frame, const takers by_type)
{
	if (frame->pages && !ram_has(receive->ram, frame->block, frame->first, frame->pages))
		return fail(receive, EBADMSG, "the source sent pages that there are not");
	if (!by_type[frame->type])
		return fail(receive, EBADMSG, "the source sent what is not to come now");
	return by_type[frame->type](receive, frame);
}

static int take_until(struct receive *receive, const char *type, const takers by_type)
{
	struct frame frame;

	for (;;) {
		if (by_wire(receive, wire_receive(receive->wire, &frame)) != 0)
			return -1;
		if (frame.type == FRAME_RECORD)
			break;
		if (take(receive, &frame, by_type) != 0)
			return -1;
	}
	if (rec_is(&receive->wire->rec, type))
		return 0;
	return fail(receive, EBADMSG, "the source sent another record than was to come");
}

int receive_until(struct receive *receive, const char *type)
{
	return take_until(receive, type, content);
}

/* --- The proof --- */

static void note_mismatch(struct receive *receive, uint32_t block, uint64_t page)
{
	if (receive->mismatched < WIRE_DIFFERS_MAX) {
		receive->mismatch[receive->mismatched].block = block;
		receive->mismatch[receive->mismatched].page = page;
	}
	receive->mismatched++;
}

static int compare_digests(struct receive *receive, const struct frame *frame)
{
	static unsigned char digests[WIRE_DIGESTS_MAX][DIGEST_BYTES];
	struct ram_block *block = block_of(receive, frame);
	const unsigned char *arrived = block->arrived + frame->first * DIGEST_BYTES;

	if (by_wire(receive, wire_take(receive->wire, digests, frame->body)) != 0)
		return -1;
	for (uint32_t i = 0; i < frame->pages; i++, arrived += DIGEST_BYTES) {
		if (!page_set_has(&block->noted, frame->first + i))
			continue;
		receive->compared++;
		if (memcmp(arrived, digests[i], DIGEST_BYTES) != 0)
			note_mismatch(receive, frame->block, frame->first + i);
	}
	page_set_add(&block->told, frame->first, frame->pages);
	return 0;
}

static int leave_out(struct receive *receive, const struct frame *frame)
{
	page_set_add(&block_of(receive, frame)->told, frame->first, frame->pages);
	return 0;
}

static const takers proof = {
	[FRAME_DIGESTS] = compare_digests,
	[FRAME_ZERO] = leave_out,
	[FRAME_LOST] = leave_out,
};

/* Pages that nothing was told of are zeros at the source. */
static void compare_rest(struct receive *receive, uint32_t number)
{
	static const unsigned char zeros[DIGEST_BYTES];
	const struct ram_block *block = &receive->ram->block[number];
	uint64_t first = 0, n = 0;

	while (page_set_next(&block->told, false, &first, &n))
		for (uint64_t page = first; page < first + n; page++)
			if (page_set_has(&block->noted, page) &&
				memcmp(block->arrived + page * DIGEST_BYTES, zeros, DIGEST_BYTES) !=
					0)
				note_mismatch(receive, number, page);
}

static int say_verdict(struct receive *receive)
{
	struct rec_writer record;

	for (uint64_t i = 0; i < receive->mismatched && i < WIRE_DIFFERS_MAX; i++) {
		rec_begin(&record, "differs");
		rec_put_u64(&record, "block", receive->mismatch[i].block);
		rec_put_u64(&record, "page", receive->mismatch[i].page);
		if (wire_put(receive->wire, &record) != 0)
			return -1;
	}
	rec_begin(&record, "verdict");
	rec_put_u64(&record, "compared", receive->compared);
	rec_put_u64(&record, "mismatched", receive->mismatched);
	return wire_put(receive->wire, &record);
}

int receive_proof(struct receive *receive)
{
	if (take_until(receive, "proved", proof) != 0)
		return -1;
	for (uint32_t i = 0; i < receive->ram->blocks; i++)
		compare_rest(receive, i);
	return by_wire(receive, say_verdict(receive));
}
