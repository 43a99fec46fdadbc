/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave - the steps by which a machine leaves this host. */
#ifndef MEMPATROL_VMEVAC_LEAVE_H
#define MEMPATROL_VMEVAC_LEAVE_H

#include "carrier.h"
#include "copy.h"
#include "evac.h"

struct leave {
	struct evac *evac;
	const struct root *root;
	uint64_t max_rounds, max_blackout_ns;
	enum dirty_mode mode; /* that is wanted */

	struct carrier carrier;
	struct wire wire;
	struct ram ram;
	struct dirty dirty;
	struct copy copy;
	struct follow follow;
	const char *why; /* of the step that failed; "": errno says it */
};

/*
 * leave_go - all steps, up to the word of the target that it runs.  NULL, or the name of the step
 * that failed, with errno and leave->why.
 */
const char *leave_go(struct leave *leave);

/* leave_close - let go of everything; what there is to say of the command is put into WHY. */
void leave_close(struct leave *leave, char *why, size_t size);

#endif
