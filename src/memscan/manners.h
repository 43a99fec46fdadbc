/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manners - how memscan keeps out of the way of those who work here. */
#ifndef MEMPATROL_MANNERS_H
#define MEMPATROL_MANNERS_H

#include "root.h"

#include <stdint.h>

/* manners_idle - run only when nobody else would (SCHED_IDLE, nice 19); -1 with errno. */
int manners_idle(void);

/*
 * manners_follow - run on the CPUs of NUMA node NODE from now on, of those that memscan was
 * given at its start; a node without any changes nothing.  -1 with errno.
 *
 * The one reader follows the memory.  Several, one for each node, might meet two errors
 * at the same time, and two machine checks at once are fatal.
 */
int manners_follow(int node);

/*
 * manners_pressure - the share of time, in hundredths of a percent, that some task has lately
 * waited for memory: avg10 of /proc/pressure/memory (Documentation/accounting/psi.rst).
 * -1 with errno (ENOENT, EOPNOTSUPP: the kernel does not tell).
 */
int manners_pressure(const struct root *root);

#endif
