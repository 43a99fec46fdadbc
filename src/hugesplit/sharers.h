/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharers - all processes that map a page. */
#ifndef HUGESPLIT_SHARERS_H
#define HUGESPLIT_SHARERS_H

#include "root.h"
#include "target.h"

#include <sys/types.h>

/*
 * sharers_each - call EACH for every other mapping of the page of TARGET, until it returns
 * something else than 0, which is the result; 0 when it never did; -1 with errno.
 */
int sharers_each(const struct root *root, const struct target *target,
	int (*each)(pid_t pid, uint64_t va, void *context), void *context);

#endif
