/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copy - send what RAM holds: in rounds while the guest runs, and then the truth.
 *
 * For each page the source remembers a digest of what the target has.  Pages that are zeros or
 * holes, and were never anything else, are not sent: the target's RAM begins as a hole.
 */
#ifndef MEMPATROL_VMEVAC_COPY_H
#define MEMPATROL_VMEVAC_COPY_H

#include "digest.h"
#include "follow.h"
#include "load.h"
#include "ram.h"
#include "wire.h"

struct copy {
	struct wire *wire;
	struct ram *ram;
	struct follow *follow; /* is told of each page that was looked at */
	uint64_t pages;        /* whose content has been sent */
	uint64_t unseen; /* written by somebody whom dirty tracking does not see, in the truth */

	/* What is being put together; each is of one run of pages. */
	struct load load;
	struct frame content, zero, digests;
	unsigned char content_body[WIRE_PAGES_MAX][PAGE_BYTES];
	unsigned char digests_body[WIRE_DIGESTS_MAX][DIGEST_BYTES];
};

/* All return 0, or -1 with errno and wire->why. */

/* copy_all - the pages of all blocks that may have content, but for those lost. */
int copy_all(struct copy *copy);

/* copy_dirty - the pages in block->dirty, which is empty then. */
int copy_dirty(struct copy *copy);

/*
 * copy_truth - the guest stands still: send all pages that are not what the target has, and the
 * digests of all pages with content.
 */
int copy_truth(struct copy *copy);

/* copy_lost - which pages are lost. */
int copy_lost(struct copy *copy);

#endif
