/* SPDX-License-Identifier: GPL-2.0-or-later */
/* receive - take in what the source sends of RAM and devices, trusting nothing of it. */
#ifndef MEMPATROL_VMEVAC_RECEIVE_H
#define MEMPATROL_VMEVAC_RECEIVE_H

#include "kept.h"
#include "ram.h"
#include "wire.h"

struct receive {
	struct wire *wire;
	struct ram *ram;
	bool can_wait; /* pages may come when the machine runs already */
	struct kept devices, firmware;

	/* What the proof has shown. */
	uint64_t compared;   /* pages with content */
	uint64_t mismatched; /* pages that are not what the source has */
	struct {
		uint32_t block;
		uint64_t page;
	} mismatch[WIRE_DIFFERS_MAX]; /* the first of them */

	char why[256]; /* of the last failure */
};

/*
 * receive_empty - make all of RAM a hole: what a QEMU puts there when it starts, and what was in
 * its file before, is not the guest's.  0, or -1 with errno and receive->why.
 */
int receive_empty(struct receive *receive);

/* receive_until - all frames up to a record, which must be of TYPE.  0, or -1 as above. */
int receive_until(struct receive *receive, const char *type);

/*
 * receive_proof - the machine runs, and its memory is no longer what came: compare what was noted
 * of each page when it came with what the source says of it, up to the record "proved", and answer
 * with the verdict.  0, also when pages differ, or -1 as above.
 */
int receive_proof(struct receive *receive);

#endif
