/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pager_huge.h"
#include "uffd.h"

#include <errno.h>
#include <sys/param.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What there must be, and what is of use if it is there. */
static const uint64_t wanted_features = UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_MISSING_HUGETLBFS;
static const uint64_t useful_features = UFFD_FEATURE_POISON | UFFD_FEATURE_MINOR_HUGETLBFS;

static uint64_t va_of(const struct pager *pager, unsigned int block, uint64_t page)
{
	return pager->ram->block[block].va + page * PAGE_BYTES;
}

/* --- Opening --- */

/* Only huge pages are there before they are shown. */
static int register_block(const struct pager *pager, const struct ram_block *block)
{
	for (unsigned int i = 0; i < block->parts.n; i++) {
		const struct part *part = &block->parts.part[i];
		uint64_t mode = UFFDIO_REGISTER_MODE_MISSING;

		if (part_is_huge(part) && block->missing.count)
			mode |= UFFDIO_REGISTER_MODE_MINOR;
		if (uffd_register(pager->uffd, block->va + part->first * PAGE_BYTES,
			    part->pages * PAGE_BYTES, mode) != 0)
			return -1;
	}
	return 0;
}

static int unregister_block(const struct pager *pager, const struct ram_block *block)
{
	return uffd_unregister(pager->uffd, block->va, block->pages * PAGE_BYTES);
}

/* Files of a disk cannot wait. */
static bool can_wait(const struct pager *pager, uint64_t features)
{
	for (unsigned int i = 0; i < pager->ram->blocks; i++) {
		const struct ram_block *block = &pager->ram->block[i];

		if (!pager_huge_can_wait(block, features) || register_block(pager, block) != 0 ||
			unregister_block(pager, block) != 0)
			return false;
	}
	return true;
}

static int leave_uffd(struct pager *pager, struct inject *in, uint64_t *features)
{
	uint64_t there;
	int error;

	if (uffd_features(&there) != 0)
		return -1;
	if (inject_stop(in, pager->root, pager->pid) != 0)
		return -1;
	*features = wanted_features | (there & useful_features);
	pager->uffd = uffd_leave_in(in, *features, &pager->theirs);
	error = errno;
	inject_release(in);
	errno = error;
	return pager->uffd < 0 ? -1 : 0;
}

void pager_open(
	struct pager *pager, struct ram *ram, struct inject *in, const struct root *root, pid_t pid)
{
	uint64_t features;

	*pager = (struct pager){.ram = ram, .uffd = -1, .theirs = -1, .root = root, .pid = pid};
	if (leave_uffd(pager, in, &features) != 0)
		pager->error = errno;
	else
		pager->can_wait = can_wait(pager, features);
}

int pager_find(struct pager *pager, struct ram *ram, const struct root *root, pid_t pid)
{
	*pager = (struct pager){.ram = ram, .can_wait = true, .root = root, .pid = pid};
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
		if (register_block(pager, block) != 0 || pager_huge_check(pager, block) != 0 ||
			poison_lost(pager, i) != 0)
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

/* Of one part, of small pages. */
static int put_small(
	struct pager *pager, unsigned int block, uint64_t first, uint64_t n, const void *data)
{
	const unsigned char *page = data;

	if (!data)
		return 0;

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

int pager_put(struct pager *pager, unsigned int block, uint64_t first, uint64_t n, const void *data)
{
	const struct ram_block *there = &pager->ram->block[block];
	const unsigned char *from = data;

	for (uint64_t page = first, stop; page < first + n; page = stop) {
		const struct part *part = parts_at(&there->parts, page);
		int result;

		stop = MIN(first + n, part_end(part));
		result = part_is_huge(part) ? pager_huge_put(there, page, stop - page, from)
					    : put_small(pager, block, page, stop - page, from);
		if (result != 0)
			return -1;
		from += from ? (stop - page) * PAGE_BYTES : 0;
	}
	return 0;
}

int pager_put_poison(struct pager *pager, unsigned int block, uint64_t first, uint64_t n)
{
	const struct ram_block *there = &pager->ram->block[block];

	for (uint64_t page = first, stop; page < first + n; page = stop) {
		const struct part *part = parts_at(&there->parts, page);

		stop = MIN(first + n, part_end(part));
		if (part_is_huge(part))
			continue;
		if (uffd_poison(pager->uffd, va_of(pager, block, page),
			    (stop - page) * PAGE_BYTES) != 0 ||
			pager_wake(pager, block, page, stop - page) != 0)
			return -1;
	}
	return 0;
}

int pager_finish(struct pager *pager, unsigned int block, uint64_t first, uint64_t n)
{
	struct ram_block *there = &pager->ram->block[block];

	for (uint64_t page = first, stop; page < first + n; page = stop) {
		const struct part *part = parts_at(&there->parts, page);

		stop = MIN(first + n, part_end(part));
		if (part_is_huge(part) && pager_huge_finish(pager, there, page, stop) != 0)
			return -1;
	}
	return 0;
}

int pager_fill(struct pager *pager, unsigned int block, uint64_t page)
{
	static const unsigned char zeros[PAGE_BYTES];
	struct ram_block *there = &pager->ram->block[block];

	if (part_is_huge(parts_at(&there->parts, page)))
		return pager_huge_show(pager, there, page);
	return put_small(pager, block, page, 1, zeros);
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
