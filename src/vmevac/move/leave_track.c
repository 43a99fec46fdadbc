/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave: what is needed to know what is written to. */
#include "leave_step.h"
#include "rights.h"
#include "vm/blockers.h"

#include <errno.h>

static int open_tracking(struct leave *leave)
{
	struct evac *evac = leave->evac;

	if (dirty_open(&leave->dirty, leave->mode, &evac->inject, leave->root,
		    leave->evac->action.vm.pid) != 0)
		return errno == ENOTSUP
			       ? leave_by(leave, -1, "this kernel does not tell what is written")
			       : -1;
	evac->mode = leave->dirty.mode;
	if (leave->mode == DIRTY_AUTO && evac->mode != DIRTY_UFFD)
		say("send %s: this kernel has no UFFD_FEATURE_WP_ASYNC: soft-dirty bits, one round",
			evac->action.name);
	return 0;
}

/* What is pinned for good is written to without anybody seeing it. */
static int look_at_pins(struct leave *leave)
{
	struct word_list words;

	if (blockers_find(&words, leave->root, &leave->evac->action.vm) != 0)
		return -1;
	leave->is_pinned = word_list_has(&words, "pinned") || word_list_has(&words, "io-uring");
	return 0;
}

int leave_drain(struct leave *leave)
{
	if (evac_enter(leave->evac, EVAC_STOPPED) != 0 ||
		leave_by_qmp(leave, source_drain(&leave->evac->action)) != 0)
		return -1;
	return evac_enter(leave->evac, EVAC_HERE);
}

/*
 * To protect all memory takes the longer the more there is, and the guest runs on meanwhile:
 * nothing is copied yet.  What was under way before, and can write without anybody seeing it, is
 * over behind the drain.
 */
int leave_track(struct leave *leave)
{
	if (open_tracking(leave) != 0 || dirty_arm(&leave->dirty, &leave->ram) != 0 ||
		leave_drain(leave) != 0)
		return -1;
	return look_at_pins(leave);
}

/*
 * To see which disks QEMU holds (/proc/PID/fdinfo), and to reach it once more, takes the rights
 * over a process of another user, and one that has rights itself.
 */
int leave_rights(struct leave *leave)
{
	(void)leave;
	return rights_keep(CAP_SYS_PTRACE, CAP_DAC_OVERRIDE, -1);
}
