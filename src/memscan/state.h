/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state - what history.h knows, in a file, for the next memscan of the same boot.
 *
 * The file holds records (rec.h): "history" with the identifier of the boot, a "clean" record
 * for each huge page, and "done".  Frames and the clock mean nothing to another boot.
 */
#ifndef MEMPATROL_STATE_H
#define MEMPATROL_STATE_H

#include "root.h"

#include <stdbool.h>
#include <stdint.h>

enum { STATE_BOOT_MAX = 64 };

/* A moment of a boot. */
struct state_now {
	char boot[STATE_BOOT_MAX]; /* its identifier (/proc/sys/kernel/random/boot_id, random(4)) */
	uint64_t now;              /* ns of CLOCK_MONOTONIC */
};

/* state_now - this moment; -1 with errno. */
int state_now(struct state_now *now, const struct root *root);

/*
 * state_read - take over into the history what file FD, a whole one, says.  Returns NULL, or
 * the reason why it is not to be believed, with the number of the line in *line, 0 for none.
 * *is_stale: it is of another boot, and nothing was taken over.
 */
const char *state_read(int fd, const struct state_now *now, uint64_t *line, bool *is_stale);

/*
 * state_load - the same for the file PATH, which need not be there.  One that others than its
 * owner, who must be the caller or root, may write to is not believed either.
 */
const char *state_load(
	const char *path, const struct state_now *now, uint64_t *line, bool *is_stale);

/* state_save - put the history in the place of the file PATH, as a whole; -1 with errno. */
int state_save(const char *path, const struct state_now *now);

#endif
