/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smaps - what the kernel tells of one mapping of a process: /proc/PID/smaps (proc(5)). */
#ifndef MEMPATROL_SMAPS_H
#define MEMPATROL_SMAPS_H

#include "maps.h"

enum { SMAPS_FLAGS_MAX = 256 };

struct smaps {
	struct vma vma;
	uint64_t page_size; /* KernelPageSize: of the pages that it consists of, in bytes */
	uint64_t huge;      /* ShmemPmdMapped: bytes that huge pages of shmem map */
	char flags[SMAPS_FLAGS_MAX]; /* VmFlags: " rd wr sh ht " */
};

/*
 * smaps_find - the mapping of process PID at address VA: 1, 0 if there is none, or -1 with errno
 * (EBADMSG: the kernel did not tell all of it, or no page size).
 */
int smaps_find(const struct root *root, pid_t pid, uint64_t va, struct smaps *out);

/*
 * smaps_take_line - one more line of the file, LEN bytes; *inside begins false.  True once all is
 * known of the mapping at VA.
 */
bool smaps_take_line(struct smaps *out, uint64_t va, bool *inside, const char *line, size_t len);

/* smaps_has - it has FLAG, such as "ht" (hugetlbfs) or "lo" (locked). */
bool smaps_has(const struct smaps *smaps, const char *flag);

#endif
