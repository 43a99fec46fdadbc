/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owners - who has the wanted pages: every process that maps one, or the file that it is of.
 *
 * A struct owners has some 50 MiB of address space, of which what is used takes memory.
 */
#ifndef MEMPATROL_OWNERS_H
#define MEMPATROL_OWNERS_H

#include "guest.h"
#include "walk.h"
#include "wanted.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OWNERS_HITS_MAX = 1 << 18,
	OWNERS_HITS_OF_PROCESS = 1 << 16, /* one process cannot use up what is for all */
	OWNERS_PROCESSES_MAX = 1 << 16,
	OWNERS_TAKEN_MAX = 1 << 16,
	OWNERS_HINTS_MAX = 1 << 16,
};

struct owner_process {
	pid_t pid;
	uint64_t start; /* see process_start() */
	char comm[64];
	char *vm, *uuid; /* NULL: none */
	char hazards[80];
	bool gone;          /* it has ended: what was found of it is nobody's */
	size_t first, hits; /* which of the hits are its own, while they are in that order */
	size_t stamp;       /* for counting processes */
};

/* Frames next to each other that a process has next to each other in a mapping. */
struct owner_hit {
	uint64_t va, pfn, frames;
	struct owner_process *process;
	unsigned int major, minor; /* the file, and where in it: */
	uint64_t inode, offset;
	bool shared;
	char *path;                     /* "": it has none */
	char backend[MTREE_REGION_MAX]; /* of guest's memory; "": not known */
	bool has_gpa;
	uint64_t gpa;
	const char *gpa_src;
	bool has_memslot;
	uint64_t memslot;
	bool is_doubtful; /* it is this page, or another one that is poisoned */
};

/* Where a record that was read says that a page is. */
struct owner_hint {
	pid_t pid;
	uint64_t va, pfn;
};

struct owners {
	const struct root *root;
	const struct wanted *wanted;
	int flags_fd; /* /proc/kpageflags */

	/* May be set by the caller. */
	bool use_qmp;
	/* Memory of PID was not looked at, with errno or 0. */
	void (*skip)(pid_t pid, const char *reason, int error);
	/* The QEMU of a virtual machine did not tell how its memory is laid out. */
	void (*no_answer)(const struct vm *vm, const char *why);

	/* What is found, by frame and process; none reaches from one wanted range into another. */
	size_t hits;
	struct owner_hit hit[OWNERS_HITS_MAX];

	size_t hints;
	struct owner_hint hint[OWNERS_HINTS_MAX];

	/* Huge pages of hugetlb that are mapped no more: pfn is not known, frames is. */
	size_t takens;
	struct owner_hit taken[OWNERS_TAKEN_MAX];

	size_t processes;
	struct owner_process process[OWNERS_PROCESSES_MAX];

	/* The process that is looked at, for the first time or again. */
	bool again;
	pid_t pid;
	uint64_t start;
	struct owner_process *current; /* NULL: nothing was found of it yet */
	size_t hits_before;
	bool is_full;
	struct guest guest;
	struct walk walk;
};

/*
 * owners_open - with nothing in it yet; WANTED may still grow.  NULL with errno.  It lives as
 * long as the program.
 */
struct owners *owners_open(const struct root *root, const struct wanted *wanted);

/* owners_hint - before owners_find(): process PID had frame PFN at VA. */
void owners_hint(struct owners *owners, pid_t pid, uint64_t va, uint64_t pfn);

/*
 * owners_find - WANTED being settled, look through all processes: once through their page tables,
 * and once more for others that have mapped the files of what was found.  -1 with errno: /proc
 * cannot be listed.
 */
int owners_find(struct owners *owners);

#endif
