/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pager.h"
#include "uffd.h"

#include <errno.h>
#include <sys/param.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint64_t wanted_features = UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_MISSING_HUGETLBFS;

static uint64_t va_of(const struct pager *pager, unsigned int block, uint64_t page)
{
	return pager->ram->block[block].va + page * PAGE_BYTES;
}

/* --- Opening --- */

static int register_block(const struct pager *pager, const struct ram_block *block)
{
	return uffd_register(
		pager->uffd, block->va, block->pages * PAGE_BYTES, UFFDIO_REGISTER_MODE_MISSING);
}

static int unregister_block(const struct pager *pager, const struct ram_block *block)
{
	return uffd_unregister(pager->uffd, block->va, block->pages * PAGE_BYTES);
}

/* Files of a disk cannot wait, and hugetlbfs cannot be filled by pages of ours. */
static bool can_wait(const struct pager *pager)
{
	for (unsigned int i = 0; i < pager->ram->blocks; i++) {
		const struct ram_block *block = &pager->ram->block[i];

		if (block->parts.has_huge || register_block(pager, block) != 0 ||
			unregister_block(pager, block) != 0)
			return false;
	}
	return true;
}

static int leave_uffd(struct pager *pager, struct inject *in, const struct root *root, pid_t pid)
{
	uint64_t there;
	int error;

	if (uffd_features(&there) != 0)
		return -1;
	if (inject_stop(in, root, pid) != 0)
		return -1;
	pager->uffd =
		uffd_leave_in(in, wanted_features | (there & UFFD_FEATURE_POISON), &pager->theirs);
	error = errno;
	inject_release(in);
	errno = error;
	return pager->uffd < 0 ? -1 : 0;
}

void pager_open(
	struct pager *pager, struct ram *ram, struct inject *in, const struct root *root, pid_t pid)
{
	*pager = (struct pager){.ram = ram, .uffd = -1, .theirs = -1};
	if (leave_uffd(pager, in, root, pid) != 0)
		pager->error = errno;
	else
		pager->can_wait = can_wait(pager);
}

int pager_find(struct pager *pager, struct ram *ram, const struct root *root, pid_t pid)
{
	*pager = (struct pager){.ram = ram, .can_wait = true};
	pager->uffd = uffd_find_in(root, pid, &pager->theirs);
	if (pager->uffd < 0)
		return -1;
	/* What they wait for has been told to somebody who is no more. */
	for (unsigned int i = 0; i < ram->blocks; i++)
		if (pager_wake(pager, i, 0, ram->block[i].pages) != 0)
			return -1;
	return 0;
}

/* --- Arming --- */

/* No mapping ends within what the kernel is told of. */
static int poison_run(struct pager *pager, unsigned int block, uint64_t first, uint64_t end)
{
	const struct parts *parts = &pager->ram->block[block].parts;

	for (uint64_t stop; first < end; first = stop) {
		const struct part *part = parts_at(parts, first);

		stop = MIN(end, part->first + part->pages);
		if (uffd_poison(pager->uffd, va_of(pager, block, first),
			    (stop - first) * PAGE_BYTES) != 0)
			return -1;
	}
	return 0;
}

static int poison_lost(struct pager *pager, unsigned int block)
{
	uint64_t first = 0, n = 0;

	while (page_set_next(&pager->ram->block[block].lost, true, &first, &n))
		if (poison_run(pager, block, first, first + n) != 0) {
			errno = errno == EINVAL || errno == ENOTTY ? ENOTSUP : errno;
			return -1;
		}
	return 0;
}

/* A block of which nothing is lost or is to come needs none of this. */
static bool is_whole(const struct ram_block *block)
{
	return !block->lost.count && !block->missing.count;
}

int pager_arm(struct pager *pager)
{
	for (unsigned int i = 0; i < pager->ram->blocks; i++) {
		const struct ram_block *block = &pager->ram->block[i];

		if (is_whole(block))
			continue;
		if (pager->uffd < 0) {
			errno = pager->error;
			return -1;
		}
		if (register_block(pager, block) != 0 || poison_lost(pager, i) != 0)
			return -1;
		/* The mark stays, and files of a disk may not wait. */
		if (!block->missing.count && unregister_block(pager, block) != 0)
			return -1;
	}
	return 0;
}

void pager_let_go(const struct pager *pager)
{
	for (unsigned int i = 0; pager->uffd >= 0 && i < pager->ram->blocks; i++)
		unregister_block(pager, &pager->ram->block[i]);
}

void pager_close(struct pager *pager, struct inject *in, const struct root *root, pid_t pid)
{
	if (pager->uffd < 0)
		return;
	close(pager->uffd);
	pager->uffd = -1;
	if (inject_stop(in, root, pid) != 0)
		return;
	inject_call(in, SYS_close, (uint64_t)pager->theirs);
	inject_release(in);
}

/* --- Pages --- */

int pager_wake(struct pager *pager, unsigned int block, uint64_t first, uint64_t n)
{
	return uffd_wake(pager->uffd, va_of(pager, block, first), n * PAGE_BYTES);
}

int pager_put(struct pager *pager, unsigned int block, uint64_t first, uint64_t n, const void *data)
{
	const unsigned char *page = data;

	if (uffd_copy(pager->uffd, va_of(pager, block, first), data, n * PAGE_BYTES) == 0)
		return 0;
	if (errno != EEXIST)
		return -1;
	for (uint64_t i = 0; i < n; i++, page += PAGE_BYTES)
		if (uffd_copy(pager->uffd, va_of(pager, block, first + i), page, PAGE_BYTES) != 0 &&
			errno != EEXIST)
			return -1;
	return pager_wake(pager, block, first, n);
}

int pager_put_zeros(struct pager *pager, unsigned int block, uint64_t page)
{
	static const unsigned char zeros[PAGE_BYTES];

	return pager_put(pager, block, page, 1, zeros);
}

int pager_put_poison(struct pager *pager, unsigned int block, uint64_t first, uint64_t n)
{
	if (uffd_poison(pager->uffd, va_of(pager, block, first), n * PAGE_BYTES) != 0)
		return -1;
	return pager_wake(pager, block, first, n);
}

/* --- Faults --- */

static bool find_page(const struct pager *pager, uint64_t va, unsigned int *block, uint64_t *page)
{
	for (*block = 0; *block < pager->ram->blocks; ++*block) {
		const struct ram_block *candidate = &pager->ram->block[*block];

		*page = (va - candidate->va) / PAGE_BYTES;
		if (va >= candidate->va && *page < candidate->pages)
			return true;
	}
	return false;
}

int pager_next_fault(struct pager *pager, unsigned int *block, uint64_t *page)
{
	struct uffd_msg message;
	ssize_t n;

	do {
		n = read(pager->uffd, &message, sizeof(message));
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n != sizeof(message))
			return -1;
	} while (message.event != UFFD_EVENT_PAGEFAULT ||
		 !find_page(pager, message.arg.pagefault.address, block, page));
	return 1;
}
