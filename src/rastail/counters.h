/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counters - small files of /sys that nobody is told of when they change: read again and
 * again, in the order of their names, and told of when they did.
 */
#ifndef MEMPATROL_COUNTERS_H
#define MEMPATROL_COUNTERS_H

#include "root.h"

#include <stdbool.h>
#include <stddef.h>

enum { COUNTERS_VALUE_MAX = 32 }; /* bytes of a value, with its NUL */

struct counter {
	char *path; /* below the root */
	char value[COUNTERS_VALUE_MAX], was[COUNTERS_VALUE_MAX];
};

struct counters {
	void *tree; /* of all counters ever seen, by path */
	/* Called for each file whose value is not what it was; *is_new at its first reading. */
	void (*changed)(const struct counter *counter, bool is_new);
	/* False for a file that is none of ours; NULL takes all. */
	bool (*accepts)(const struct root *root, const char *path);
};

/*
 * counters_read - read the files that PATTERN (glob(7)) names below ROOT.
 * Returns how many there are, or -1 with errno.
 */
ssize_t counters_read(struct counters *counters, const struct root *root, const char *pattern);

#endif
