/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job - one huge page that is to be replaced, in all processes that map it.
 *
 * It is kept in memory that the worker and its supervisor share: whatever the worker has
 * begun, the supervisor can finish or undo.
 */
#ifndef HUGESPLIT_JOB_H
#define HUGESPLIT_JOB_H

#include "inject_policy.h"
#include "salvage.h"
#include "target.h"

enum { JOB_SHARERS_MAX = 64 };

/* How what is lost is marked. */
enum job_mark {
	JOB_MARK_BEST,     /* the first of these that the kernel has */
	JOB_MARK_UFFD,     /* UFFDIO_POISON, in the page tables of each process */
	JOB_MARK_HWPOISON, /* MADV_HWPOISON, which takes a page of memory for each that is lost */
	JOB_MARK_REFILL,   /* not at all: refill.h */
};

/* One process that maps the page. */
struct sharer {
	struct inject in;
	struct target target;
	uint64_t scratch; /* where the replacement is built; 0: nowhere */
	struct inject_policy policy;
	bool held; /* since it was counted in stopped_ns */
	bool committed;
	int64_t stopped_ns;
};

struct job {
	const struct root *root;
	enum job_mark mark;
	int node;     /* the NUMA node of the page, or -1 */
	int file;     /* the file that the page belongs to */
	int memory;   /* the replacement, or what refill_claim() holds */
	dev_t device; /* and its device */
	ino_t inode;  /* and number */
	struct salvage salvage;
	bool keep_huge;      /* or do nothing */
	const char *refused; /* the word for why nothing was done, found late; NULL: none */
	const char *failed;  /* what failed, for people; NULL: nothing */
	pid_t failed_pid;    /* and in which process; 0: in none, or in all */
	int error;           /* errno of that */
	bool committing;     /* no way back: what is not replaced yet is to be */
	bool refilled;
	unsigned int sharers;
	struct sharer sharer[JOB_SHARERS_MAX];
};

/* job_open - a fresh job in memory that a worker will see; NULL with errno. */
struct job *job_open(const struct root *root);

/* job_close - let go of it, and of what it has open. */
void job_close(struct job *job);

/* job_fail - note what could not be done, and errno; -1. */
int job_fail(struct job *job, const char *what);

/* job_fail_in - the same, in this process. */
int job_fail_in(struct job *job, const struct sharer *sharer, const char *what);

#endif
