/* SPDX-License-Identifier: GPL-2.0-or-later */
/* area - a stretch of a file that is memory: what memscan maps and reads. */
#ifndef MEMPATROL_AREA_H
#define MEMPATROL_AREA_H

#include "maps.h"
#include "root.h"

#include <stdint.h>
#include <sys/types.h>

enum area_memory {
	AREA_SHMEM,      /* tmpfs, memfd, shared anonymous, System V: holes fill when read */
	AREA_HUGETLB,    /* hugetlbfs: the same, by huge pages */
	AREA_PAGE_CACHE, /* a file on storage: what is not cached is not in memory */
};

struct area {
	int fd;
	enum area_memory memory;
	uint64_t page;         /* bytes of its pages */
	uint64_t offset, size; /* the stretch of the file, whole pages */
	pid_t pid;             /* who maps it; 0: a file by name */
	uint64_t va;           /* where pid maps offset */
	const char *path;
};

/*
 * area_of_vma - the file behind a shared mapping of process PID.
 * area_of_file - a whole regular file.
 *
 * Both open the file (area_close() it) and return NULL, or the word for why it
 * cannot be read, as in the reason= of a skip record: "device" (reading it may
 * have effects, or it has no page frames of memory), "sealed" (a memfd that may
 * not be mapped writable; without that holes cannot be guarded), "open" (see errno).
 */
const char *area_of_vma(
	struct area *area, const struct root *root, pid_t pid, const struct vma *vma);
const char *area_of_file(struct area *area, const char *path);

void area_close(struct area *area);

#endif
