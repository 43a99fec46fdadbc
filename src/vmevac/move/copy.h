/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copy - send what RAM holds: in rounds while the guest runs, what is left when it stands still,
 * and in the end the proof of it all.
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
	uint64_t changed;      /* pages of which the target was told something new */
	bool is_asked;         /* the target may ask for pages at any time */
	uint64_t unseen; /* that dirty tracking did not tell of, and that were found by comparing */

	/* What is being put together; each is of one run of pages. */
	struct load load;
	struct frame content, zero, digests;
	const void *content_body; /* within load */
	unsigned char digests_body[WIRE_DIGESTS_MAX][DIGEST_BYTES];
};

/* All return 0, or -1 with errno and wire->why. */

/* copy_all - the pages of all blocks that may have content, but for those lost. */
int copy_all(struct copy *copy);

/*
 * copy_look - take out of block->dirty what the target has, and what is lost, where the pages that
 * the kernel tells of are larger than ours.  Nothing is sent.
 */
int copy_look(struct copy *copy);

/*
 * copy_dirty, copy_written - the pages in block->dirty, or block->written, which is empty then, but
 * for those that the target has as they are.
 * copy_differing - all pages, likewise.
 */
int copy_dirty(struct copy *copy);
int copy_written(struct copy *copy);
int copy_differing(struct copy *copy);

/*
 * copy_truth - the guest will not run here again: send the digests of all pages with content, and
 * say which pages cannot be compared: those lost, and those that the guest gave away unseen.
 */
int copy_truth(struct copy *copy);

/*
 * copy_missing - the pages in block->written, in which those in block->dirty are too, will be asked
 * for; both are empty then.
 */
int copy_missing(struct copy *copy);

/* copy_answer - the pages that WANT asks for, which there are, whatever they are. */
int copy_answer(struct copy *copy, const struct frame *want);

/* copy_lost - which pages are lost. */
int copy_lost(struct copy *copy);

#endif
