/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refill - a fresh huge page in the place of the bad one, in the file itself: everybody who maps it
 * follows, and what is lost reads as zeros.
 */
#ifndef HUGESPLIT_REFILL_H
#define HUGESPLIT_REFILL_H

#include "job.h"

/*
 * refill_claim - have a huge page of this size, so that nobody else takes the last one;
 * job->memory. "pool": there is none to spare; "failed" with errno; or NULL.
 */
const char *refill_claim(struct job *job, uint64_t size);

/*
 * refill - put it in place, while inject_stop() holds all processes that map the page: 0, or -1
 * with errno and job->failed, then nothing has been changed.  May be done again as long as they are
 * held: job->committing says that it has begun, job->refilled that it is complete.
 */
int refill(struct job *job);

#endif
