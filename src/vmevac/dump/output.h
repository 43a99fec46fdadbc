/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output - a file that is there as a whole, or not at all.
 *
 * It is written under a name of its own beside where it is to be, readable by its owner alone,
 * and gets its name when it is safe on its storage.
 */
#ifndef MEMPATROL_VMEVAC_OUTPUT_H
#define MEMPATROL_VMEVAC_OUTPUT_H

#include <limits.h>
#include <stdbool.h>

struct output {
	const char *path;
	bool replace; /* a regular file that is there already */
	int fd;
	char temporary[PATH_MAX];
};

/*
 * output_open - begin to write PATH.  0, or -1 with errno: EEXIST where something is there that
 * is not to be replaced; whatever else is no regular file is never replaced (ENOTSUP).
 */
int output_open(struct output *output, const char *path, bool replace);

/* output_commit - all was written; 0, or -1 with errno, as above. */
int output_commit(struct output *output);

/* output_close - if it was not committed, nothing of it is left. */
void output_close(struct output *output);

#endif
