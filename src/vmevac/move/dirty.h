/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dirty - which pages a running QEMU and its guest write to, seen from outside.
 *
 * Since Linux 6.7 by write protection that the kernel lifts by itself: userfaultfd with
 * UFFD_FEATURE_WP_ASYNC, and the ioctl PAGEMAP_SCAN, which protects again what it tells of in the
 * same moment (Documentation/admin-guide/mm/pagemap.rst).  Before, by the soft-dirty bits, which
 * are read at one time and cleared at another (soft-dirty.rst): so they are cleared only once,
 * before the first copy, and what was written is known only when the guest stands still.
 *
 * Neither sees what a device writes to pages that were pinned before, nor other processes.
 */
#ifndef MEMPATROL_VMEVAC_DIRTY_H
#define MEMPATROL_VMEVAC_DIRTY_H

#include "inject.h"
#include "ram.h"

enum dirty_mode {
	DIRTY_AUTO, /* the first of the others that this kernel has */
	DIRTY_UFFD,
	DIRTY_SOFT,
	DIRTY_MODES,
};

/* Words of mode= in records(5). */
extern const char *const dirty_mode_words[DIRTY_MODES];

struct dirty {
	enum dirty_mode mode;
	int pagemap, uffd;
};

/*
 * dirty_open - begin to watch what process PID does to RAM; all that is written from now on will
 * be told.  IN is to work with, as for inject_stop().  0, or -1 with errno (ENOTSUP: there is
 * no such mode here).
 */
int dirty_open(struct dirty *dirty, enum dirty_mode mode, struct inject *in,
	const struct root *root, pid_t pid, struct ram *ram);

/* dirty_can_repeat - dirty_collect() may be called while the guest runs, and again. */
bool dirty_can_repeat(const struct dirty *dirty);

/*
 * dirty_collect - add to block->dirty what was written since the last time, or since
 * dirty_open(); -1 with errno.
 */
int dirty_collect(struct dirty *dirty, struct ram *ram);

/* dirty_close - stop watching. */
void dirty_close(struct dirty *dirty, const struct ram *ram);

#endif
