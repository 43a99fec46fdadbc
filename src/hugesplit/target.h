/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target - a huge page where a process maps it. */
#ifndef HUGESPLIT_TARGET_H
#define HUGESPLIT_TARGET_H

#include "smaps.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct target {
	pid_t pid;
	uint64_t va;     /* first byte of the huge page in the process */
	uint64_t size;   /* of the huge page */
	uint64_t offset; /* of va in the file */
	struct smaps area;
};

/*
 * target_find - what process PID maps at address VA: 1, 0 if nothing, or -1 with errno.
 * Of a mapping without huge pages va is the page of 4 KiB.
 */
int target_find(const struct root *root, pid_t pid, uint64_t va, struct target *out);

/* target_is_there - the process still maps the same page of the same file there. */
bool target_is_there(const struct root *root, const struct target *target);

/* target_open - the file that is mapped, with open(2)'s FLAGS; -1 with errno. */
int target_open(const struct root *root, const struct target *target, int flags);

/*
 * target_maps_page - AREA maps the page that TARGET maps, by the same file; then *va is where.
 */
bool target_maps_page(const struct target *target, const struct vma *area, uint64_t *va);

#endif
