/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evac - one move as the side sees it that the machine leaves: where it stands, and whose the
 * machine is.  It lies in memory that the warden sees.
 *
 * The guest may run here until "commit" has gone out, and never again after; until the target has
 * answered, only it can tell.
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
	EVAC_SERVING,    /* the target has it, and may lack memory that is here */
	EVAC_AWAY,       /* the target has it, and all of its memory */
};

struct evac {
	struct action action; /* the machine, and its QEMU */
	const char *to;       /* the command */
	uint64_t stall_ns;
	enum evac_phase phase;
	struct journal journal;
	struct inject inject;
	char fate[JOURNAL_STATE_MAX];

	/* For the record. */
	enum dirty_mode mode;
	uint64_t stopped_ns; /* when it was stopped */
	uint64_t blackout_ns;
	uint64_t save_ns, send_ns, load_ns;                   /* its parts */
	uint64_t fetched, faults, fault_p50_ns, fault_p99_ns; /* what came when it ran there */
	uint64_t bytes, rounds, poisoned, unseen, compared, mismatched;
	bool is_proved; /* the target has compared all it has with what was left behind */
	bool is_left;   /* the QEMU that it has left could not be ended */
};

/*
 * evac_reach - run the command, with VMEVAC_VM, VMEVAC_ID, which names the move, and VMEVAC_RAM
 * (KiB as in "16384K") in its environment.  0, or -1 with errno.
 */
int evac_reach(const struct evac *evac, struct carrier *carrier);

/* evac_enter - PHASE begins: it is in the journal before anything of it is done.  0 or -1. */
int evac_enter(struct evac *evac, enum evac_phase phase);

/*
 * evac_ask - ask the target, by the same command as before, what became of the move: evac->fate is
 * the state of its journal.  0, or -1 with action.qmp.why.
 */
int evac_ask(struct evac *evac);

/*
 * evac_resolve - the same by ASK, until it has been said: 0, evac->phase is EVAC_AWAY, EVAC_SERVING
 * or, if it never ran there, EVAC_STOPPED then; or -1 with action.qmp.why.
 */
int evac_resolve(struct evac *evac, int (*ask)(struct evac *evac));

/*
 * evac_settle - whatever has happened: make sure that the machine runs at one place, by ASK if only
 * the target knows.  0 when it does, evac->phase says where; -1 when that is not known, or it
 * cannot be made to run, with action.qmp.why.
 */
int evac_settle(struct evac *evac, int (*ask)(struct evac *evac));

/* evac_mismatch - print that the page at OFF of memory BACKEND differs at the target. */
void evac_mismatch(const struct evac *evac, const char *backend, uint64_t off);

/*
 * evac_done, evac_failed, evac_refused - print the record, and the status to end with.  A machine
 * that is away, but whose memory could not be compared, or whose old QEMU is still there, is done
 * with STATUS_SOME; one whose memory differs has failed. evac_not_tried - for --dry-run: nothing
 * else was in the way.
 */
enum status evac_done(struct evac *evac);
enum status evac_failed(struct evac *evac, const char *step, int error, const char *why);
enum status evac_refused(struct evac *evac, const struct refusal *refusal);
enum status evac_not_tried(struct evac *evac);

#endif
