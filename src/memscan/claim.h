/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * claim - take free memory, node by node, let it be read, and give it back.
 *
 * All of it is held until the end, or the same pages would come again.  The kernel fills
 * what it hands out with zeros, which may mend an error that was in the data only.
 */
#ifndef MEMPATROL_CLAIM_H
#define MEMPATROL_CLAIM_H

#include "area.h"

#include <stdbool.h>
#include <stdint.h>

enum { CLAIM_BYTES = 64 << 20, CLAIM_NODES_MAX = 64 };

struct claim {
	const struct root *root;
	uint64_t size;   /* bytes wanted, together; UINT64_MAX: all there is; 0: none */
	uint64_t nodes;  /* bit N: from node N; 0: from all */
	bool verify;     /* write patterns, and read them back */
	uint64_t zeroed; /* bytes taken */
	uint64_t denied; /* bytes wanted, and not there */
};

/*
 * claim_free - what may be taken of NODE without anybody being driven out: its free memory
 * (nodeN/meminfo), less the high watermarks of its zones (/proc/zoneinfo), and less a
 * sixteenth of all its memory.  0 where any of these cannot be read.
 */
uint64_t claim_free(const struct root *root, unsigned int node);

/* claim_plan - how many bytes would be taken now. */
uint64_t claim_plan(const struct claim *claim);

/* Who reads: an area of taken memory, and where it is mapped for writing if it is to be verified.
 */
struct claim_reader {
	void *context;
	bool (*read)(void *context, const struct area *area, void *writable); /* false: stop */
};

/*
 * claim_walk - take, have read, and give back.  Returns 0, or the errno that memory could not
 * be taken for; that it has become scarce in the meantime is none, see claim->denied.
 */
int claim_walk(struct claim *claim, const struct claim_reader *reader);

#endif
