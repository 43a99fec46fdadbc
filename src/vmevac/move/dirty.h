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
 * Neither sees what is written to a page by a device, for which it was pinned before the page was
 * looked at.  To be pinned for that, a page is written to in the eyes of the kernel
 * (get_user_pages() with FOLL_WRITE): so where for a moment since watching began no request was
 * under way, each page that a device may write to unseen is one that was told of at least once.
 * Those are in block->written.  QEMU has no request under way while its guest stands still: "stop"
 * drains its disks (do_vm_stop() in system/cpus.c).  Behind such a moment, pages in block->written
 * need only be looked at once more, and are forgotten.
 *
 * That does not hold for memory that is pinned for good, nor for what other processes write.
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
	const struct root *root;
	pid_t pid;
	int pagemap, uffd;
};

/*
 * dirty_open - make ready to watch what process PID does to its memory.  IN is to work with, as for
 * inject_stop().  0, or -1 with errno (ENOTSUP: there is no such mode here).
 */
int dirty_open(struct dirty *dirty, enum dirty_mode mode, struct inject *in,
	const struct root *root, pid_t pid);

/* dirty_arm - all that is written to RAM from now on will be told.  0, or -1 with errno. */
int dirty_arm(struct dirty *dirty, struct ram *ram);

/* dirty_can_repeat - dirty_collect() may be called while the guest runs, and again. */
bool dirty_can_repeat(const struct dirty *dirty);

/*
 * dirty_collect - add to block->dirty and block->written what was written since the last time, or
 * since dirty_arm(); -1 with errno.
 */
int dirty_collect(struct dirty *dirty, struct ram *ram);

/* dirty_close - stop watching. */
void dirty_close(struct dirty *dirty, const struct ram *ram);

#endif
