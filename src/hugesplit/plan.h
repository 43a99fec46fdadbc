/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan - look at everything before anything is changed. */
#ifndef HUGESPLIT_PLAN_H
#define HUGESPLIT_PLAN_H

#include "job.h"
#include "request.h"

enum { PLAN_WITH_MAX = JOB_SHARERS_MAX };

/* What the command line says. */
struct plan_options {
	enum job_mark mark;
	bool keep_huge;
	bool all_sharers;
	pid_t with[PLAN_WITH_MAX];
	unsigned int withs;
	uint64_t max_age_ns;
};

/*
 * plan_make - fill a fresh JOB with who maps the page of REQUEST.  NULL, or the word for why it is
 * not to be replaced: those of refuse.h and headroom.h, "replaced" (it has been), "shared" (by
 * processes that are not to be touched; somebody is told which), "mapped-twice" (by one process),
 * "no-mark" (the kernel has no mark for what is lost), that of salvage_judge(), "pool" (no huge
 * page to refill it with), "failed" with errno.
 */
const char *plan_make(
	struct job *job, const struct request *request, const struct plan_options *options);

/* plan_salvage - then read what can be saved: as salvage_read(). */
const char *plan_salvage(
	struct job *job, const struct request *request, const struct plan_options *options);

#endif
