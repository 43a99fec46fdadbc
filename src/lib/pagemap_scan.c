/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pagemap_scan.h"

#include <sys/ioctl.h>

/* struct pm_scan_arg. */
struct scan {
	uint64_t size, flags;
	uint64_t start, end, walk_end;
	uint64_t vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define SCAN_IOCTL _IOWR('f', 16, struct scan)

int pagemap_scan(int fd, uint64_t *va, uint64_t end, struct pagemap_region *out, size_t n)
{
	struct scan scan = {
		.size = sizeof(scan),
		.start = *va,
		.end = end,
		.vec = (uintptr_t)out,
		.vec_len = n,
		.category_anyof_mask = PAGEMAP_SCAN_PRESENT | PAGEMAP_SCAN_SWAPPED,
		.return_mask = PAGEMAP_SCAN_PRESENT | PAGEMAP_SCAN_SWAPPED | PAGEMAP_SCAN_HUGE,
	};
	int found = ioctl(fd, SCAN_IOCTL, &scan);

	if (found >= 0)
		*va = scan.walk_end;
	return found;
}
