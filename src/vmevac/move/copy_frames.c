/* SPDX-License-Identifier: GPL-2.0-or-later */
/* copy: runs of pages that become frames. */
#include "copy_frames.h"

#include <string.h>

static int flush(struct copy *copy, struct frame *frame, const void *body)
{
	int result = 0;

	/* Who asks may well have said something. */
	if (frame->pages)
		result = copy->is_asked || wire_check(copy->wire) == 0
				 ? wire_send(copy->wire, frame, body)
				 : -1;
	frame->pages = frame->body = 0;
	return result;
}

int copy_flush_content(struct copy *copy)
{
	return flush(copy, &copy->content, copy->content_body);
}

int copy_flush(struct copy *copy)
{
	if (copy_flush_content(copy) != 0 || flush(copy, &copy->zero, NULL) != 0)
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

int copy_add_content(struct copy *copy, uint32_t block, uint64_t page, const void *data)
{
	if (!is_continued(&copy->content, block, page, WIRE_PAGES_MAX) &&
		copy_flush_content(copy) != 0)
		return -1;
	if (!copy->content.pages)
		copy->content_body = data;
	extend(&copy->content, FRAME_PAGES, block, page, PAGE_BYTES);
	copy->pages++;
	return 0;
}

int copy_add_zero(struct copy *copy, uint32_t block, uint64_t page)
{
	if (!is_continued(&copy->zero, block, page, UINT32_MAX) &&
		flush(copy, &copy->zero, NULL) != 0)
		return -1;
	extend(&copy->zero, FRAME_ZERO, block, page, 0);
	return 0;
}

int copy_add_digest(struct copy *copy, uint32_t block, uint64_t page, const unsigned char *digest)
{
	if (!is_continued(&copy->digests, block, page, WIRE_DIGESTS_MAX) && copy_flush(copy) != 0)
		return -1;
	memcpy(copy->digests_body[copy->digests.pages], digest, DIGEST_BYTES);
	extend(&copy->digests, FRAME_DIGESTS, block, page, DIGEST_BYTES);
	return 0;
}
