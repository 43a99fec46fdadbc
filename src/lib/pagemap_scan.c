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

/* Flags: PM_SCAN_* of the kernel. */
enum { PROTECT_MATCHING = 1 << 0, CHECK_ASYNC = 1 << 1 };

static int run(
	int fd, struct scan *scan, uint64_t *va, uint64_t end, struct pagemap_region *out, size_t n)
{
	scan->size = sizeof(*scan);
	scan->start = *va;
	scan->end = end;
	scan->vec = (uintptr_t)out;
	scan->vec_len = n;

	int found = ioctl(fd, SCAN_IOCTL, scan);

	if (found >= 0)
		*va = scan->walk_end;
	return found;
}

int pagemap_scan(int fd, uint64_t *va, uint64_t end, struct pagemap_region *out, size_t n)
{
	struct scan scan = {
		.category_anyof_mask = PAGEMAP_SCAN_PRESENT | PAGEMAP_SCAN_SWAPPED,
		.return_mask = PAGEMAP_SCAN_PRESENT | PAGEMAP_SCAN_SWAPPED | PAGEMAP_SCAN_HUGE,
	};

	return run(fd, &scan, va, end, out, n);
}

int pagemap_scan_written(int fd, uint64_t *va, uint64_t end, struct pagemap_region *out, size_t n)
{
	struct scan scan = {
		.flags = PROTECT_MATCHING | CHECK_ASYNC,
		.category_mask = PAGEMAP_SCAN_WRITTEN,
		.return_mask = PAGEMAP_SCAN_WRITTEN,
	};

	return run(fd, &scan, va, end, out, n);
}
