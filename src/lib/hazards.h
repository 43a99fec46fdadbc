/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hazards - what of a process may keep its memory from being moved or released. */
#ifndef MEMPATROL_HAZARDS_H
#define MEMPATROL_HAZARDS_H

#include "root.h"

#include <stddef.h>
#include <sys/types.h>

/*
 * hazards_find - the words, as in hazards= of an owner record, with ',' between them; "":
 * none.  From what descriptors of PID lead to, from the buffers that its io_uring instances
 * have registered (UserBufs in fdinfo, io_uring/fdinfo.c), and from how much memory it has
 * pinned (VmPin, fs/proc/task_mmu.c).  Returns 0, or -1 with errno.
 */
int hazards_find(const struct root *root, pid_t pid, char *out, size_t size);

#endif
