/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame - a frame of physical memory, and the kernel's page that it is part of. */
#ifndef MEMPATROL_FRAME_H
#define MEMPATROL_FRAME_H

#include "root.h"

#include <stdbool.h>
#include <stdint.h>

struct frame {
	uint64_t pfn;
	uint64_t flags;        /* its word of kpageflags */
	uint64_t head, frames; /* the hugetlb page around it, or just itself */
};

/*
 * frame_read - look up frame PFN in FD, an open kpageflags.
 * Returns 1; 0 when it is no memory of the kernel's: behind its end, in a hole, or in an offline
 * memory block; -1 with errno.
 */
int frame_read(int fd, uint64_t pfn, struct frame *out);

/*
 * frame_look_up - frame_read() for programs: FD, -1 at first, is opened by the first call, and
 * failure ends the program.  Returns false when it is no memory of the kernel's.
 */
bool frame_look_up(const struct root *root, int *fd, uint64_t pfn, struct frame *out);

/*
 * frame_holds - the SIZE bytes at ADDR, in the frame, are in the same page of the kernel's, which
 * deals with one at a time: which of several a coarse range means is not known.
 */
bool frame_holds(const struct frame *frame, uint64_t addr, uint64_t size);

/*
 * frame_is_handled - hard offlining can take it away.  memory_failure() in mm/memory-failure.c
 * handles pages of users, free ones and hugetlb; any other it flags, and then says EBUSY.
 */
bool frame_is_handled(const struct frame *frame);

/* frame_poisoned - how many of the frames FIRST to END - 1 carry the flag; -1 with errno. */
int64_t frame_poisoned(int fd, uint64_t first, uint64_t end);

#endif
