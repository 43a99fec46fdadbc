/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replace - the steps by which a huge page is replaced in a process.
 *
 *	replace_build	a mapping of small pages like the old one, elsewhere in the process
 *	replace_fill	what was saved is put there; the process runs meanwhile
 *	replace_prepare	it becomes fit to take the old one's place
 *	replace_commit	it does: one mremap(2), all or nothing
 *
 * build, prepare and commit need the process to be held by inject_stop().  All return 0, or -1
 * with errno and job->failed saying what could not be done.
 */
#ifndef HUGESPLIT_REPLACE_H
#define HUGESPLIT_REPLACE_H

#include "job.h"

/* Pages of this size can be had without hugetlb, and page tables be moved as a whole (x86-64). */
#define REPLACE_HUGE (UINT64_C(2) << 20)

/*
 * replace_create - the memory itself, empty; job->memory.  For a page of more than 2 MiB it has
 * pages of that size wherever there are some, and a single mapping all the same: mremap(2) moves no
 * two at once, and between them there would be neither the old page nor the new one.
 */
int replace_create(struct job *job);

int replace_build(struct job *job, struct sharer *sharer);

/*
 * In all processes; pages are charged to the control group of the first.  What was saved is let go
 * of piece by piece, so that it is not there twice.
 */
int replace_fill(struct job *job);

/* replace_check_huge - then, that all of it is of such pages that can be; else job->refused. */
int replace_check_huge(struct job *job);

/* replace_mark - what is lost, where marks are not in page tables: behind all replace_fill(). */
int replace_mark(struct job *job);

/*
 * replace_prepare - whatever can fail, in all processes before replace_commit() in the first: where
 * that fails in another they share the page no more.
 */
int replace_prepare(struct job *job, struct sharer *sharer);

int replace_commit(struct job *job, struct sharer *sharer);

/* replace_is_committed - the process maps the replacement where the huge page was. */
bool replace_is_committed(const struct job *job, const struct sharer *sharer);

/* replace_undo - take away what replace_build() has made, whatever of it there is. */
void replace_undo(struct job *job, struct sharer *sharer);

#endif
