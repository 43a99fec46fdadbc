/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evac - one move as the side sees it that the machine leaves: where it stands, and whose the
 * machine is.  It lies in memory that the warden sees.
 *
 * The guest may run here until "commit" has gone out, and never again after; in between, only the
 * target can tell.
 */
#ifndef MEMPATROL_VMEVAC_EVAC_H
#define MEMPATROL_VMEVAC_EVAC_H

#include "vm/action.h"
#include "carrier.h"
#include "dirty.h"
#include "vm/journal.h"
#include "source.h"

enum evac_phase {
	EVAC_UNTOUCHED,
	EVAC_HERE,       /* the guest runs here */
	EVAC_STOPPED,    /* it stands still, and is ours */
	EVAC_COMMITTING, /* the target may have it */
	EVAC_AWAY,       /* the target has it */
};

struct evac {
	struct action action; /* the machine, and its QEMU */
	const char *to;       /* the command */
	uint64_t stall_ns;
	enum evac_phase phase;
	struct journal journal;
	struct inject inject;

	/* For the record. */
	enum dirty_mode mode;
	uint64_t stopped_ns; /* when it was stopped */
	uint64_t blackout_ns, bytes, rounds, poisoned, unseen;
};

/*
 * evac_reach - run the command, with VMEVAC_VM, VMEVAC_ID, which names the move, and VMEVAC_RAM
 * (KiB as in "16384K") in its environment.  0, or -1 with errno.
 */
int evac_reach(const struct evac *evac, struct carrier *carrier);

/* evac_enter - PHASE begins: it is in the journal before anything of it is done.  0 or -1. */
int evac_enter(struct evac *evac, enum evac_phase phase);

/*
 * evac_settle - whatever has happened: make sure that the machine runs at one place.  0 when it
 * does, evac->phase says where; -1 when that is not known, or it cannot be made to run, with
 * action.qmp.why.
 */
int evac_settle(struct evac *evac);

/*
 * evac_done, evac_failed, evac_refused - print the record, and the status to end with.
 * evac_not_tried - for --dry-run: nothing else was in the way.
 */
enum status evac_done(struct evac *evac);
enum status evac_failed(struct evac *evac, const char *step, int error, const char *why);
enum status evac_refused(struct evac *evac, const struct refusal *refusal);
enum status evac_not_tried(struct evac *evac);

#endif
