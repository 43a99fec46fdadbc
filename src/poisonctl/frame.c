/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frame.h"
#include "page.h"
#include "say.h"

#include <errno.h>
#include <stddef.h>

enum { ORDER_MAX = 22 }; /* 16 GiB, the largest huge page that there is */

/* Not exported to programs, yet in /proc/kpageflags (include/linux/kernel-page-flags.h). */
enum { KPF_RESERVED = 32 };

/* 1, or 0: also where there is no memory; -1 with errno. */
static int is_tail(int fd, uint64_t pfn)
{
	uint64_t flags;
	ssize_t n = page_read(fd, pfn, &flags, 1);

	return n < 0 ? -1 : n == 1 && page_has(flags, KPF_COMPOUND_TAIL);
}

/*
 * A hugetlb page starts at a multiple of its size, a power of two, and all its frames but the
 * first are tails: neither its start nor its end need be searched frame by frame.
 */
static int find_extent(int fd, struct frame *frame)
{
	unsigned int order;
	int tail;

	for (order = 1; (tail = is_tail(fd, frame->head)) > 0 && order <= ORDER_MAX; order++)
		frame->head = frame->pfn >> order << order;
	for (order = 0; tail >= 0 && order < ORDER_MAX; order++) {
		tail = is_tail(fd, frame->head + (UINT64_C(1) << order));
		if (tail <= 0)
			break;
	}
	frame->frames = UINT64_C(1) << order;
	return tail < 0 ? -1 : 0;
}

int frame_read(int fd, uint64_t pfn, struct frame *out)
{
	ssize_t n;

	*out = (struct frame){.pfn = pfn, .head = pfn, .frames = 1};
	n = page_read(fd, pfn, &out->flags, 1);
	if (n < 0)
		return -1;
	if (n == 0 || page_has(out->flags, KPF_NOPAGE))
		return 0;
	if (page_has(out->flags, KPF_HUGE) && find_extent(fd, out) != 0)
		return -1;
	return 1;
}

bool frame_look_up(const struct root *root, int *fd, uint64_t pfn, struct frame *out)
{
	if (*fd < 0)
		*fd = page_flags_open(root);
	if (*fd < 0)
		die_errno(errno == ENOENT ? STATUS_UNSUPPORTED : STATUS_FAILED,
			"open /proc/kpageflags");

	int there = frame_read(*fd, pfn, out);

	if (there < 0)
		die_errno(STATUS_FAILED, "read /proc/kpageflags");
	return there;
}

bool frame_holds(const struct frame *frame, uint64_t addr, uint64_t size)
{
	return size && size <= ((frame->head + frame->frames) << PAGE_SHIFT) - addr;
}

bool frame_is_handled(const struct frame *frame)
{
	static const int never[] = {KPF_SLAB, KPF_PGTABLE, KPF_OFFLINE, KPF_RESERVED};
	/* A page of a user that is not on an LRU list yet soon is. */
	static const int handled[] = {
		KPF_LRU, KPF_BUDDY, KPF_HUGE, KPF_ANON, KPF_MMAP, KPF_SWAPBACKED};

	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		if (page_has(frame->flags, never[i]))
			return false;
	for (size_t i = 0; i < sizeof(handled) / sizeof(*handled); i++)
		if (page_has(frame->flags, handled[i]))
			return true;
	return false;
}

int64_t frame_poisoned(int fd, uint64_t first, uint64_t end)
{
	static uint64_t flags[4096];
	int64_t poisoned = 0;

	while (first < end) {
		size_t wanted = end - first < 4096 ? (size_t)(end - first) : 4096;
		ssize_t n = page_read(fd, first, flags, wanted);

		if (n < 0)
			return -1;
		for (ssize_t i = 0; i < n; i++)
			poisoned += page_has(flags[i], KPF_HWPOISON);
		if (n == 0)
			break;
		first += (uint64_t)n;
	}
	return poisoned;
}
