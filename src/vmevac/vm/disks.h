/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disks - have a QEMU that does not run let go of its disks, and take them back. */
#ifndef MEMPATROL_VMEVAC_DISKS_H
#define MEMPATROL_VMEVAC_DISKS_H

#include "condition.h"

/*
 * disks_release - have it write out what it has cached, and give its locks back:
 * blockdev-set-active where there is that (QEMU 10.0), else xen-save-devices-state with "live",
 * which on a machine that stands still does the same (qmp_xen_save_devices_state() in
 * migration/savevm.c) and saves a few kilobytes of device state to /dev/null on the way.
 *
 * The latter must not be done where a disk is inactive already: QEMU 7.2 aborts
 * (bdrv_inactivate_recurse() in block.c), and does not say which ones are.  They all are active
 * where the guest was running until we stopped it.
 * 0, or -1 with errno and qmp->why.
 */
int disks_release(struct qmp *qmp, const struct condition *condition);

/* disks_refusal - why they cannot be released, as a word for reason=; NULL when they can. */
const char *disks_refusal(struct qmp *qmp, const struct condition *condition);

#endif
