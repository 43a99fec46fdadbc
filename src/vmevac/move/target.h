/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target - the QEMU that a machine comes to, one that waits for it and does not run by itself, and
 * what of a move its host remembers.  It lies in memory that the warden sees.
 */
#ifndef MEMPATROL_VMEVAC_TARGET_H
#define MEMPATROL_VMEVAC_TARGET_H

#include "devices.h"
#include "firmware.h"
#include "inject.h"
#include "vm/journal.h"
#include "machine.h"
#include "qmp.h"
#include "ram.h"

/* Words of state= in its journal; when it never will run, that is "dropped". */
extern const char *const target_phase_words[];

enum target_phase {
	TARGET_NONE,        /* nothing is there yet */
	TARGET_LAUNCHED,    /* a command was started, or a QEMU waits: its process is known then */
	TARGET_RECEIVING,   /* a QEMU waits, and is filled */
	TARGET_COMMITTING,  /* it is to run */
	TARGET_PARTIAL,     /* it is to run, and lacks memory that is to follow */
	TARGET_FETCHING,    /* it runs, and lacks memory */
	TARGET_INTERRUPTED, /* nobody is there to send it: it stands still */
	TARGET_RUNNING,     /* it runs, and has all of its memory */
};

struct target {
	enum target_phase phase;
	struct journal journal;
	pid_t launched; /* the command, in a session of its own; 0: none */
	uint64_t launched_start;
	struct vm vm;
	struct qmp qmp;
	struct inject inject;
	bool wants_configuration; /* see devices.h */
	struct firmware firmware; /* its place */
	char why[256];            /* of the last failure */
};

/* All that follow return 0, or -1 with errno and target->why. */

/*
 * target_launch - start COMMAND by the shell, with VMEVAC_QMP (the path of the socket that it is to
 * make), VMEVAC_VM and VMEVAC_RAM (KIB as in "16384K") in its environment.
 */
int target_launch(
	struct target *target, const struct root *root, const char *command, uint64_t kib);

/*
 * target_connect - to journal.qmp.  A command that was launched is waited for: EAGAIN says
 * that it is not ready yet.
 */
int target_connect(struct target *target);

/* target_is_starting - the command that was launched has not failed yet. */
int target_is_starting(struct target *target);

/*
 * target_check - it is a QEMU that waits for a machine of TYPE and will not run until it is told
 * to; its disks are left alone until then.
 */
int target_check(struct target *target, const struct root *root, const char *type);

/* target_load - put the firmware in its place, and have it load the state of the devices. */
int target_load(struct target *target, const struct kept *firmware, const struct kept *devices,
	const char *type);

/* target_run - have it run; LACKS: some of its memory is still to follow. */
int target_run(struct target *target, bool lacks);

/* target_find - the process in the journal, once more, as long as it is the same. */
int target_find(struct target *target, const struct root *root);

/* target_run_again - reach it once more, whatever it waits for, and have it run. */
int target_run_again(struct target *target);

/* target_enter - PHASE begins, and is in the journal. */
int target_enter(struct target *target, enum target_phase phase);

/*
 * target_recall - take the phase from the journal, which was opened; true when it was left
 * unsettled.
 */
bool target_recall(struct target *target);

/*
 * target_settle - whatever has happened: the QEMU runs, or it has ended and never will, or it lacks
 * memory and is to stand still; the phase is TARGET_RUNNING, TARGET_NONE or TARGET_INTERRUPTED
 * then.  Where its threads wait for a page it may only stand still when they have got it.
 */
int target_settle(struct target *target, const struct root *root);

#endif
