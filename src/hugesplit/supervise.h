/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervise - replace a page by a worker, and clean up behind it wherever it ends.
 *
 * The worker stops and changes the processes.  If it is killed, or fails, they stay
 * stopped until the supervisor has put things right: while no process has the replacement, what
 * was prepared is taken away; once one has it, all get it.  If the supervisor is killed, the
 * worker goes on to its end.
 */
#ifndef HUGESPLIT_SUPERVISE_H
#define HUGESPLIT_SUPERVISE_H

#include "job.h"

/*
 * supervise - replace the page in all sharers of JOB.  0, or -1 with job->failed and job->error:
 * then no process has been changed, or job->committing tells of processes that could not all be.
 */
int supervise(struct job *job);

#endif
