/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * split - at the target: small pages in the place of huge ones that have lost some of their 4 KiB.
 * The kernel marks no less than a whole page of hugetlbfs as lost (mfill_atomic_hugetlb() in
 * mm/userfaultfd.c).  It is what hugesplit(8) does, but for a QEMU that has not run yet, so that
 * nobody else is at its memory.
 */
#ifndef MEMPATROL_VMEVAC_SPLIT_H
#define MEMPATROL_VMEVAC_SPLIT_H

#include "inject.h"
#include "ram.h"

/*
 * split_lost - in process PID, which holds RAM, and in RAM itself.  What is lost is a hole there,
 * to be marked afterwards.  IN is to work with, as for inject_stop().  0, or -1 with errno (ENOMEM:
 * there is no room for the small pages): it is of no use any more then.
 */
int split_lost(struct ram *ram, struct inject *in, const struct root *root, pid_t pid);

#endif
