/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts: seen here as one. */
#include "page.h"
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HUGE_BYTES = 2 << 20 }; /* as THP has them on x86-64 */

/*
 * To read a hole of shared memory fills it, and on a host with bad memory that is the last
 * thing to do: with this, it is SIGBUS (UFFD_FEATURE_SIGBUS in userfaultfd(2)).  The userfaultfd
 * stays open for as long as we live.
 */
static int guard_holes(const void *memory, uint64_t size)
{
	static int uffd = -1;
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_SIGBUS | UFFD_FEATURE_MISSING_SHMEM |
			    UFFD_FEATURE_MISSING_HUGETLBFS,
	};
	struct uffdio_register order = {
		.range = {(uintptr_t)memory, size},
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (uffd < 0) {
		uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
		if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) != 0)
			return -1;
	}
	/* Files of a disk have no holes that we could fill: EINVAL. */
	return ioctl(uffd, UFFDIO_REGISTER, &order) == 0 || errno == EINVAL ? 0 : -1;
}

int part_map(const struct part *part, void *memory, int prot)
{
	uint64_t size = part->pages * PAGE_BYTES;
	void *at = (char *)memory + part->first * PAGE_BYTES;

	if (mmap(at, size, prot, MAP_SHARED | MAP_NORESERVE | MAP_FIXED, part->fd,
		    (off_t)part->offset) == MAP_FAILED)
		return -1;
	return prot & PROT_WRITE ? 0 : guard_holes(at, size);
}

/* Room of SIZE bytes, aligned as huge pages have to be. */
static char *reserve(uint64_t size, uint64_t align)
{
	char *room = mmap(
		NULL, size + align, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (room == MAP_FAILED)
		return NULL;

	uint64_t before = roundup((uintptr_t)room, align) - (uintptr_t)room;

	if (before)
		munmap(room, before);
	munmap(room + before + size, align - before);
	return room + before;
}

void *parts_map(const struct parts *parts, int prot)
{
	const struct part *last = &parts->part[parts->n - 1];
	uint64_t size = (last->first + last->pages) * PAGE_BYTES, align = HUGE_BYTES;
	char *memory;

	for (unsigned int i = 0; i < parts->n; i++)
		align = MAX(align, parts->part[i].page_size);
	memory = reserve(size, align);
	for (unsigned int i = 0; memory && i < parts->n; i++)
		if (part_map(&parts->part[i], memory, prot) != 0) {
			int error = errno;

			munmap(memory, size);
			errno = error;
			memory = NULL;
		}
	return memory;
}
