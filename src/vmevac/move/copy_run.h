/* SPDX-License-Identifier: GPL-2.0-or-later */
/* copy_run - what is done with pages that lie one behind the other, for copy.c. */
#ifndef MEMPATROL_VMEVAC_COPY_RUN_H
#define MEMPATROL_VMEVAC_COPY_RUN_H

#include "copy.h"

enum copy_purpose {
	SEND,   /* unless the target has it */
	LOOK,   /* it is dirty no more if the target has it */
	PROVE,  /* its digest is sent */
	ANSWER, /* it was asked for */
};

/* Both return 0, or -1 with errno and wire->why. */

/* copy_run - load N pages of BLOCK from FIRST on, but for those lost. */
int copy_run(
	struct copy *copy, uint32_t block, uint64_t first, uint64_t n, enum copy_purpose purpose);

/*
 * copy_holes - the pages from FIRST to END are holes: what the target has there is of another time.
 * In the proof that is no harm: the guest has given these pages away, by its balloon for instance,
 * and expects nothing of them.
 */
int copy_holes(
	struct copy *copy, uint32_t block, uint64_t first, uint64_t end, enum copy_purpose purpose);

#endif
