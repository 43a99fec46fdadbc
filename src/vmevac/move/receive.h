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
	struct kept devices, firmware;
	uint64_t mismatched; /* pages that differ from what the source has */
	uint32_t block;      /* the first of them */
	uint64_t page;
	char why[256]; /* of the last failure */
};

/*
 * receive_empty - make all of RAM a hole: what a QEMU puts there when it starts, and what was in
 * its file before, is not the guest's.  0, or -1 with errno and receive->why.
 */
int receive_empty(struct receive *receive);

/* receive_until - all frames up to a record, which must be of TYPE.  0, or -1 as above. */
int receive_until(struct receive *receive, const char *type);

#endif
