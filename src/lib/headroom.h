/* SPDX-License-Identifier: GPL-2.0-or-later */
/* headroom - whether a process can be given more memory without the end of anybody. */
#ifndef MEMPATROL_HEADROOM_H
#define MEMPATROL_HEADROOM_H

#include "root.h"

#include <stdint.h>
#include <sys/types.h>

/*
 * headroom_group - the word for why SIZE more bytes, charged to process PID, are too much: where
 * they do not fit, the kernel kills somebody in the group.
 * "cgroup": its control group, or one above it, has less left (memory.max, or its like in version
 * 1; clean page cache counts as left).  "failed" with errno, or NULL.
 */
const char *headroom_group(const struct root *root, pid_t pid, uint64_t size);

/* headroom_machine - "memory": the machine has not so much left (MemAvailable); likewise. */
const char *headroom_machine(const struct root *root, uint64_t size);

#endif
