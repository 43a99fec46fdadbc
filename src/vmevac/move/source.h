/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source - the QEMU that a machine leaves: what it is told to do on the way. */
#ifndef MEMPATROL_VMEVAC_SOURCE_H
#define MEMPATROL_VMEVAC_SOURCE_H

#include "vm/action.h"

/* Why a machine cannot be moved. */
struct refusal {
	const char *reason; /* word of reason= in records(5) */
	char hint[384];     /* what would let it be; "": nothing that is known */
};

/*
 * source_refusal - look at all that keeps it from being moved; false: nothing does.
 * -1 with errno and qmp.why when it could not all be looked at.
 */
int source_refusal(struct action *action, struct refusal *refusal);

/* source_stop - hold the guest still; 0, or -1 with errno and qmp.why. */
int source_stop(struct action *action);

/*
 * source_check_still - it has stood still ever since; what has been sent would not be one state
 * otherwise.  0, or -1 as above.
 */
int source_check_still(struct action *action);

/*
 * source_drain - have the guest stand still for a moment: all requests of its devices that were
 * under way have ended then.  0, or -1 as above.
 */
int source_drain(struct action *action);

/*
 * source_save - have it let go of its disks and save the state of its devices; the guest must stand
 * still.  Returns a descriptor of the saved state, at its beginning; or -1 as above.
 *
 * By xen-save-devices-state with "live", which does both to a machine that stands still and
 * leaves out RAM, and the refusal of poisoned RAM (qmp_xen_save_devices_state() in
 * migration/savevm.c); "cont" takes the disks back.  QEMU writes to memory of ours.
 */
int source_save(struct action *action);

/* source_check_released - it has let go of its disks: two could write to them.  0, or -1. */
int source_check_released(struct action *action);

/*
 * source_bring_back - have the guest run, and take its disks back as soon as nobody else has them;
 * for as long as TIMEOUT_NS.  0, or -1 as above.
 */
int source_bring_back(struct action *action, uint64_t timeout_ns);

/* source_end - end a QEMU whose guest runs elsewhere; 0, or -1. */
int source_end(struct action *action);

#endif
