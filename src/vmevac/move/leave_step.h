/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave_step - the steps of leave.h that lie in more than one file, and how they fail. */
#ifndef MEMPATROL_VMEVAC_LEAVE_STEP_H
#define MEMPATROL_VMEVAC_LEAVE_STEP_H

#include "leave.h"

/* leave_by - pass RESULT on; where it is no success, it is WORDS that say why. */
static inline int leave_by(struct leave *leave, int result, const char *words)
{
	if (result != 0)
		leave->why = words;
	return result;
}

static inline int leave_by_wire(struct leave *leave, int result)
{
	return leave_by(leave, result, leave->wire.why);
}

static inline int leave_by_qmp(struct leave *leave, int result)
{
	return leave_by(leave, result, leave->evac->action.qmp.why);
}

/* Steps: each returns 0, or -1 with errno and leave->why. */

/* leave_open_memory - map the guest's memory, and find what of it is lost already. */
int leave_open_memory(struct leave *leave);

/* leave_reach - run the command, and greet the other end. */
int leave_reach(struct leave *leave);

/* leave_offer - say which machine it is, and wait for an equal one to be ready. */
int leave_offer(struct leave *leave);

/* leave_send_firmware - what a QEMU that waits does not have of itself. */
int leave_send_firmware(struct leave *leave);

/* leave_track - from now on, what is written is known. */
int leave_track(struct leave *leave);

/* leave_rights - all is open: give up the rights that are not needed from here on. */
int leave_rights(struct leave *leave);

/* leave_drain - stop the guest for a moment, in which no request is under way: see dirty.h. */
int leave_drain(struct leave *leave);

/* leave_copy - all memory, in rounds until what is left is little, or is to follow. */
int leave_copy(struct leave *leave);

/* leave_tell_blocks - what memory there is, as was announced. */
int leave_tell_blocks(struct leave *leave);

/* leave_serve_until - a record of TYPE; meanwhile the target is sent the pages that it asks for. */
int leave_serve_until(struct leave *leave, const char *type);

/* leave_rejoin - go on with the move, until the machine runs at the target, or does so again. */
int leave_rejoin(struct leave *leave);

/* leave_serve - the machine runs at the target: until it lacks no page any more. */
int leave_serve(struct leave *leave);

/*
 * leave_prove - the machine runs at the target: have all of its memory compared there with what it
 * left behind.  Each page that differs becomes a record.
 */
int leave_prove(struct leave *leave);

/* leave_send_file - all that is in file FD, in pieces. */
int leave_send_file(struct leave *leave, int fd, enum frame_type type);

#endif
