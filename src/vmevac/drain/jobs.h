/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jobs - machines that are being moved, each by a process of its own.
 *
 * What those print comes out whole and in the order in which they were begun, whichever ends
 * first: it is held back for those that are not first.
 */
#ifndef MEMPATROL_VMEVAC_JOBS_H
#define MEMPATROL_VMEVAC_JOBS_H

#include "move/kept.h"
#include "rec.h"
#include "say.h"
#include "vm/targets.h"

#include <signal.h>

enum { JOBS_MAX = 64, JOBS_HELD_MAX = 256 };

struct job {
	pid_t pid;
	int fd;           /* what it prints; -1: it has ended */
	bool moved;       /* as its "evac" record says, */
	bool answered;    /* which has come */
	struct kept said; /* in whole lines, to be printed */
	char vm[TARGET_LABEL_MAX];
	size_t len;
	char line[REC_LINE_MAX]; /* that has come in part */
};

struct jobs {
	const char *to; /* the command, for machines that get no record else */
	enum status (*run)(const char *name); /* the work, in a process of its own */
	uint64_t at_once;                     /* JOBS_MAX at most */
	bool stopped;                         /* by a signal: nothing more is begun */
	enum status worst;                    /* STATUS_SOME: one was not moved */

	unsigned int running;
	unsigned int first, held; /* in the order of their beginning, around */
	struct job job[JOBS_HELD_MAX];
	sigset_t outside; /* the signals that this process began with */
};

/* jobs_open - take over SIGTERM, SIGINT and SIGHUP, which end those under way; 0 or -1. */
int jobs_open(struct jobs *jobs);

/*
 * jobs_begin - move the machine called VM as soon as fewer than at_once are under way, with
 * VMEVAC_TO as TO in its environment, or without where that is NULL.  Nothing when stopped.
 */
void jobs_begin(struct jobs *jobs, const char *vm, const char *to);

/* jobs_wait_for_input - until there is some on standard input, or until stopped. */
void jobs_wait_for_input(struct jobs *jobs);

/* jobs_finish - until none is under way, and all that they have printed is. */
void jobs_finish(struct jobs *jobs);

#endif
