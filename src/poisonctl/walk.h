/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk - which of the wanted pages a process has mapped, and where, from its maps and pagemap.
 *
 * Huge pages take one word of pagemap each, and what is not mapped is stepped over, where
 * the kernel has PAGEMAP_SCAN (6.7).
 */
#ifndef MEMPATROL_WALK_H
#define MEMPATROL_WALK_H

#include "maps.h"
#include "page.h"
#include "pagemap_scan.h"
#include "root.h"
#include "wanted.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	WALK_WORDS = 8192,   /* of pagemap a read: 64 KiB, for 32 MiB of memory */
	WALK_REGIONS = 1024, /* of PAGEMAP_SCAN a call */
	WALK_DEVICES = 64,
};

/* Frames of one wanted range that lie next to each other, also in the process. */
struct stretch {
	const struct vma *vma;
	uint64_t va, pfn, frames;
};

/* A huge page of hugetlb that is mapped no more: memory_failure() has taken it away. */
struct taken {
	const struct vma *vma;
	uint64_t va, size;
};

struct walk {
	/* Set by the caller; all else 0. */
	const struct root *root;
	const struct wanted *wanted;
	int flags_fd; /* /proc/kpageflags */
	void (*found)(void *context, const struct stretch *stretch);
	void (*taken)(void *context, const struct taken *taken);
	void *context;

	bool has_probed, cannot_scan; /* the kernel lacks PAGEMAP_SCAN */

	pid_t pid;
	int pagemap;
	struct vma vma;
	uint64_t huge; /* bytes of vma's hugetlb pages, or 0 */
	struct maps maps;
	/* Page sizes of hugetlb's file systems; 0 for others. */
	unsigned int devices;
	struct walk_device {
		unsigned int major, minor;
		uint64_t huge;
	} device[WALK_DEVICES];
	struct pagemap_region region[WALK_REGIONS];
	uint64_t word[WALK_WORDS];
};

/*
 * walk_process - call found() and taken() for memory of process PID, by rising address.
 * 0, or -1 with errno: what was found until then may not be all.  Memory of a process that
 * ends meanwhile is found up to some point, without an error.
 */
int walk_process(struct walk *walk, pid_t pid);

#endif
