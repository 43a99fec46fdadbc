/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe - find the bad base pages of poisoned huge pages by reading around them, which is a
 * risk: another error there, that nobody has met yet, would be met by the kernel itself.
 */
#ifndef MEMPATROL_PROBE_H
#define MEMPATROL_PROBE_H

#include "root.h"
#include "say.h"
#include "wanted.h"

/*
 * probe_pages - bad_add() the bad base pages of hugetlb pages WANTED, through the files that
 * they are of.  The kernel refuses to read those alone since Linux 6.6 (hugetlbfs_read_iter()
 * in fs/hugetlbfs/inode.c).  What cannot be read is said; returns the status to end with.
 */
enum status probe_pages(const struct root *root, const struct wanted *wanted, int flags_fd);

#endif
