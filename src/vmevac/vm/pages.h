/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pages - what the kernel says of the pages that back an area of a process. */
#ifndef MEMPATROL_VMEVAC_PAGES_H
#define MEMPATROL_VMEVAC_PAGES_H

#include "root.h"

#include <stdbool.h>
#include <stdint.h>

enum { PAGES_NODES_MAX = 64 };

struct pages {
	uint64_t size;  /* of a page; 0: not known */
	uint64_t nodes; /* bits of the NUMA nodes that have some */
};

/*
 * pages_parse - add to *out what one line of /proc/PID/numa_maps, LEN bytes without its LF,
 * says when its area begins within START to END - 1 (show_numa_map(), fs/proc/task_mmu.c).
 */
void pages_parse(struct pages *out, const char *line, size_t len, uint64_t start, uint64_t end);

/* pages_find - of the areas that begin within START to END - 1; -1 with errno. */
int pages_find(struct pages *out, const struct root *root, pid_t pid, uint64_t start, uint64_t end);

/*
 * pages_each_poisoned - call FOUND for each base page from START to END - 1 that the kernel has
 * taken away from the process because of an error, or that is marked as if it had been.  A huge
 * page of hugetlbfs that is just being moved to another place may be among them. pages_poisoned -
 * how many those are.  Return 0, or -1 with errno (EPERM: only root may know).
 */
int pages_each_poisoned(const struct root *root, pid_t pid, uint64_t start, uint64_t end,
	void (*found)(uint64_t va, void *context), void *context);
int pages_poisoned(
	const struct root *root, pid_t pid, uint64_t start, uint64_t end, uint64_t *count);

#endif
