/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * marker - mark a page of a process as poisoned (UFFDIO_POISON), without harm to any memory
 *
 *	marker PID VA [SIZE]
 *
 * The page, of SIZE bytes if it is a huge one of hugetlbfs, must be a hole of shared memory.  Ends
 * with 4 where this kernel has no such marks.
 */
#include "num.h"
#include "page.h"
#include "uffd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct inject in;

static int mark(pid_t pid, uint64_t va, uint64_t size)
{
	struct root root;
	int uffd;

	if (root_open(&root, "/") != 0 || inject_stop(&in, &root, pid) != 0)
		return -1;
	uffd = uffd_open_in(&in,
		UFFD_FEATURE_POISON | UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_MISSING_HUGETLBFS);
	inject_release(&in);
	if (uffd < 0 || uffd_register(uffd, va, size, UFFDIO_REGISTER_MODE_MISSING) != 0 ||
		uffd_poison(uffd, va, size) != 0)
		return -1;
	return uffd_unregister(uffd, va, size);
}

int main(int argc, char **argv)
{
	uint64_t features, va, size = PAGE_BYTES;

	if (argc < 3 || argc > 4 || num_address(argv[2], &va) ||
		(argc == 4 && num_size(argv[3], 1, UINT64_MAX, &size)))
		return 2;
	if (uffd_features(&features) != 0 || !(features & UFFD_FEATURE_POISON))
		return 4;
	if (mark((pid_t)strtol(argv[1], NULL, 10), va, size) == 0)
		return 0;
	fprintf(stderr, "marker: %s\n", strerror(errno));
	return 1;
}
