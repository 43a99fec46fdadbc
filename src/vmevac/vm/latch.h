/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * latch - keep a QEMU that has let go of its disks from taking them back.
 *
 * A lock that forbids to write to an image keeps every QEMU of this host from it, also the one
 * that had it: its "cont" fails with 'Failed to get "write" lock'.  Such locks are parked in
 * that QEMU itself (QMP getfd): they need nobody to stay, and end with it.
 */
#ifndef MEMPATROL_VMEVAC_LATCH_H
#define MEMPATROL_VMEVAC_LATCH_H

#include "images.h"
#include "qmp.h"

/* Descriptors of our own for the images of a machine. */
struct latch {
	unsigned int count;
	int fd[IMAGES_MAX];
};

/* latch_open - the COUNT descriptors FD of process PID; 0, or -1 with errno. */
int latch_open(
	struct latch *latch, const struct root *root, pid_t pid, const int *fd, unsigned int count);

void latch_close(struct latch *latch);

/*
 * latch_set - park the images and the mark (images_mark()) in the QEMU; if LATCHED, the images
 * with a lock.  latch_release - take back what IMAGES says is there.
 * 0, or -1 with errno and qmp->why, which is "" when it was a call of the system.
 */
int latch_set(const struct latch *latch, struct qmp *qmp, bool latched);
int latch_release(struct qmp *qmp, const struct images *images);

#endif
