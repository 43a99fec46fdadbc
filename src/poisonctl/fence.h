/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fence - take pages of physical memory out of use
 * (/sys/devices/system/memory/{soft,hard}_offline_page, Documentation/ABI/testing/
 * sysfs-memory-page-offline; mm/memory-failure.c).
 *
 * For programs only: what is missing on this machine ends the program.
 */
#ifndef MEMPATROL_FENCE_H
#define MEMPATROL_FENCE_H

#include "outcome.h"
#include "root.h"

#include <stdbool.h>
#include <stdint.h>

enum fence_way {
	FENCE_SOFT = 1, /* move what the page holds, then take it away; its users notice nothing */
	FENCE_HARD = 2, /* take it away with what it holds; its users get SIGBUS */
};

struct fence {
	const struct root *root;
	int flags_fd;     /* kpageflags; opened by the first page, so start with -1 */
	uint64_t wait_ns; /* how long to try again while the page is busy */
	bool force;       /* also flag pages that the kernel cannot take away */
	bool dry_run;
};

/* The option for wait_ns, which is 5 s when nobody gives it. */
#define FENCE_WAIT(wait_ns)                                                         \
	{                                                                           \
		.name = "wait", .letter = 'w', .arg = "TIME", .kind = CLI_DURATION, \
		.to = (wait_ns), .max = 3600 * CLOCK_SECOND,                        \
		.help = "try again for so long while a page is busy (default 5s)"   \
	}

/*
 * fence_page - take away the page that holds the SIZE bytes at ADDR.
 *
 * What a page is used for is looked up first: a hard offline that the kernel refuses leaves the
 * flag on a page that stays in use.  A page that has the flag is "already" out; for any
 * other REFUSAL, if not NULL, is why it stays.  The outcome's address and size are those of what
 * goes; of a hugetlb page, all of it as a rule.
 */
struct outcome fence_page(
	struct fence *fence, enum fence_way way, uint64_t addr, uint64_t size, const char *refusal);

#endif
