/* SPDX-License-Identifier: GPL-2.0-or-later */
/* area - a stretch of a file that is memory: to be mapped and read. */
#ifndef MEMPATROL_AREA_H
#define MEMPATROL_AREA_H

#include "maps.h"
#include "root.h"
#include "vms.h"

#include <stdbool.h>
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
	uint64_t start;        /* of pid, see process_start() */
	uint64_t va;           /* where pid maps offset */
	unsigned int major, minor;
	uint64_t inode;      /* of the file, as maps shows them */
	const char *path;    /* NULL: not an area, but what is known of PID's memory as a whole */
	const struct vm *vm; /* the virtual machine whose RAM it is, or NULL */
	struct vm_ram ram;   /* of vm */
};

/*
 * area_of_vma - the file behind a shared mapping of process PID, which began at START.
 * area_of_file - a whole regular file.
 *
 * Both open the file (area_close() it) and return NULL, or the word for why it
 * cannot be read, as in the reason= of a skip record: "device" (reading it may
 * have effects, or it has no page frames of memory), "sealed" (a memfd that may
 * not be mapped writable; without that holes cannot be guarded), "open" (see errno),
 * "changed" (another mapping is there by now).
 */
const char *area_of_vma(struct area *area, const struct root *root, pid_t pid, uint64_t start,
	const struct vma *vma);
const char *area_of_file(struct area *area, const char *path);

void area_close(struct area *area);

/* area_kind - the word for what its memory is, as in kind= of a record. */
const char *area_kind(const struct area *area);

/* area_va - where the process maps byte OFFSET of the file. */
uint64_t area_va(const struct area *area, uint64_t offset);

/*
 * area_is_mapped - its process is still there, and maps byte OFFSET of this file where it did.
 * What has been opened can be read on when not, but is nobody's any more, as far as we know.
 */
bool area_is_mapped(const struct area *area, const struct root *root, uint64_t offset);

#endif
