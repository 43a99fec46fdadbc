/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pagemap_scan - what is mapped in a process, by stretches instead of by pages: the ioctl
 * PAGEMAP_SCAN of /proc/PID/pagemap, since Linux 6.7
 * (Documentation/admin-guide/mm/pagemap.rst, include/uapi/linux/fs.h).
 */
#ifndef MEMPATROL_PAGEMAP_SCAN_H
#define MEMPATROL_PAGEMAP_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* Categories: PAGE_IS_* of the kernel, which Debian 12's headers lack. */
enum {
	PAGEMAP_SCAN_WRITTEN = 1 << 1, /* since it was write-protected by userfaultfd */
	PAGEMAP_SCAN_PRESENT = 1 << 3,
	PAGEMAP_SCAN_SWAPPED = 1 << 4, /* not present, but not empty: swap, migration, poison */
	PAGEMAP_SCAN_HUGE = 1 << 6,    /* hugetlb, or a huge page mapped as one */
};

struct pagemap_region {
	uint64_t start, end; /* virtual addresses, half open */
	uint64_t categories;
};

/*
 * pagemap_scan - the first stretches between *VA and END that are present or swapped, at
 * most N.  Returns their number and moves *VA on to where it stopped, END when that was all;
 * or -1 with errno, ENOTTY where the kernel has no such ioctl.
 */
int pagemap_scan(int fd, uint64_t *va, uint64_t end, struct pagemap_region *out, size_t n);

/*
 * pagemap_scan_written - the same for what has been written to, in memory that is registered with
 * a userfaultfd of UFFD_FEATURE_WP_ASYNC (else EPERM); in the same moment it is protected again.
 */
int pagemap_scan_written(int fd, uint64_t *va, uint64_t end, struct pagemap_region *out, size_t n);

#endif
