/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plant.h"
#include "uffd.h"

#include <errno.h>
#include <unistd.h>

static const uint64_t features =
	UFFD_FEATURE_POISON | UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_MISSING_HUGETLBFS;

static bool has_lost(const struct ram *ram)
{
	for (unsigned int i = 0; i < ram->blocks; i++)
		if (ram->block[i].lost.count)
			return true;
	return false;
}

static int open_in(struct inject *in, const struct root *root, pid_t pid)
{
	uint64_t there;
	int uffd, error;

	if (uffd_features(&there) != 0 || (there & features) != features) {
		errno = ENOTSUP;
		return -1;
	}
	if (inject_stop(in, root, pid) != 0)
		return -1;
	uffd = uffd_open_in(in, features);
	error = errno;
	inject_release(in);
	errno = error;
	return uffd;
}

/* The mark outlives the userfaultfd, and nobody serves its faults from here on. */
static int plant_block(int uffd, const struct ram_block *block)
{
	uint64_t size = block->pages * PAGE_BYTES, first = 0, n = 0;

	if (!block->lost.count)
		return 0;
	if (uffd_register(uffd, block->va, size, UFFDIO_REGISTER_MODE_MISSING) != 0)
		return -1;
	while (page_set_next(&block->lost, true, &first, &n))
		if (uffd_poison(uffd, block->va + first * PAGE_BYTES, n * PAGE_BYTES) != 0)
			return -1;
	return uffd_unregister(uffd, block->va, size);
}

int plant_lost(const struct ram *ram, struct inject *in, const struct root *root, pid_t pid)
{
	int uffd, result = 0;

	if (!has_lost(ram))
		return 0;
	uffd = open_in(in, root, pid);
	if (uffd < 0)
		return -1;
	for (unsigned int i = 0; result == 0 && i < ram->blocks; i++)
		result = plant_block(uffd, &ram->block[i]);

	int error = errno;

	close(uffd);
	errno = error;
	return result;
}
