/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pages - what the kernel says of the pages that back an area of a process. */
#ifndef MEMPATROL_VMEVAC_PAGES_H
#define MEMPATROL_VMEVAC_PAGES_H

#include "root.h"

#include <stdbool.h>
#include <stdint.h>

enum { PAGES_NODES_MAX = 64 };

struct pages {
	uint64_t size;  /* of a page, the largest; 0: not known */
	uint64_t nodes; /* bits of the NUMA nodes that have some */
};

/*
 * pages_parse - add to *out what one line of /proc/PID/numa_maps, LEN bytes without its LF,
 * says when its area begins within START to END - 1 (show_numa_map(), fs/proc/task_mmu.c).
 */
void pages_parse(struct pages *out, const char *line, size_t len, uint64_t start, uint64_t end);

/* pages_find - of the areas that begin within START to END - 1; -1 with errno. */
int pages_find(struct pages *out, const struct root *root, pid_t pid, uint64_t start, uint64_t end);

/* Where the kernel tells of poison in a process. */
struct pages_poison {
	const struct root *root;
	pid_t pid;
	int map_fd, flags_fd;
};

/*
 * pages_poison_open - what it takes to look, again and again: whoever has CAP_SYS_ADMIN now may
 * know by it later as well (pagemap_read() in fs/proc/task_mmu.c).  0, or -1 with errno.
 */
int pages_poison_open(struct pages_poison *poison, const struct root *root, pid_t pid);
void pages_poison_close(struct pages_poison *poison);

/*
 * pages_poison_each - call FOUND for each base page from START to END - 1 that the kernel has
 * taken away from the process because of an error, or that is marked as if it had been.  A huge
 * page of hugetlbfs that is just being moved to another place may be among them.  0, or -1 with
 * errno.
 */
int pages_poison_each(const struct pages_poison *poison, uint64_t start, uint64_t end,
	void (*found)(uint64_t va, void *context), void *context);

/* pages_poisoned - how many those are; 0, or -1 with errno (EPERM: only root may know). */
int pages_poisoned(
	const struct root *root, pid_t pid, uint64_t start, uint64_t end, uint64_t *count);

#endif
