/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pager_huge.h"
#include "uffd.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Larger ones take longer to come than anybody should wait. */
enum { WAIT_MAX = 32 << 20 };

bool pager_huge_can_wait(const struct ram_block *block, uint64_t features)
{
	for (unsigned int i = 0; i < block->parts.n; i++) {
		const struct part *part = &block->parts.part[i];

		if (part_is_huge(part) &&
			(!(features & UFFD_FEATURE_MINOR_HUGETLBFS) || part->page_size > WAIT_MAX))
			return false;
	}
	return true;
}

/* The page that is to be waited for would be somewhere else, or stale. */
static int check_unit(const struct ram_block *block, int pagemap, uint64_t page)
{
	uint64_t word;

	if (pagemap_read(pagemap, block->va + page * PAGE_BYTES, &word, 1) != 1)
		return -1;
	if (pagemap_is_none(word))
		return 0;
	errno = EBUSY;
	return -1;
}

static int check_missing(const struct ram_block *block, int pagemap)
{
	uint64_t first = 0, n = 0, unit, pages;

	while (page_set_next(&block->missing, true, &first, &n))
		for (uint64_t page = first; page < first + n; page = unit + pages) {
			const struct part *part = parts_at(&block->parts, page);

			unit = part_unit(part, page, &pages);
			if (part_is_huge(part) && check_unit(block, pagemap, unit) != 0)
				return -1;
		}
	return 0;
}

int pager_huge_check(const struct pager *pager, const struct ram_block *block)
{
	int pagemap, result, error;

	if (!block->parts.has_huge)
		return 0;
	pagemap = pagemap_open(pager->root, pager->pid);
	if (pagemap < 0)
		return -1;
	result = check_missing(block, pagemap);
	error = errno;
	close(pagemap);
	errno = error;
	return result;
}

int pager_huge_put(
	const struct ram_block *block, uint64_t first, uint64_t n, const unsigned char *data)
{
	if (data)
		return parts_write(&block->parts, block->memory, first, n, data);
	memset(block->memory + first * PAGE_BYTES, 0, n * PAGE_BYTES);
	return 0;
}

/* A hole of the file gets its page here. */
static int show(struct pager *pager, struct ram_block *block, uint64_t first, uint64_t n)
{
	uint64_t va = block->va + first * PAGE_BYTES;

	if (madvise(block->memory + first * PAGE_BYTES, n * PAGE_BYTES, MADV_POPULATE_WRITE) != 0)
		return -1;
	if (uffd_continue(pager->uffd, va, n * PAGE_BYTES) != 0 && errno != EEXIST)
		return -1;
	return uffd_wake(pager->uffd, va, n * PAGE_BYTES);
}

static int poison(struct pager *pager, struct ram_block *block, uint64_t first, uint64_t n)
{
	uint64_t va = block->va + first * PAGE_BYTES;

	page_set_add(&block->lost, first, n);
	if (uffd_poison(pager->uffd, va, n * PAGE_BYTES) != 0)
		return -1;
	return uffd_wake(pager->uffd, va, n * PAGE_BYTES);
}

int pager_huge_finish(struct pager *pager, struct ram_block *block, uint64_t first, uint64_t end)
{
	uint64_t unit, n;

	for (uint64_t page = first; page < end; page = unit + n) {
		int result;

		unit = part_unit(parts_at(&block->parts, page), page, &n);
		if (page_set_has_any(&block->missing, unit, n))
			continue;
		result = page_set_has_any(&block->lost, unit, n) ? poison(pager, block, unit, n)
								 : show(pager, block, unit, n);
		if (result != 0)
			return -1;
	}
	return 0;
}

int pager_huge_show(struct pager *pager, struct ram_block *block, uint64_t page)
{
	uint64_t n, first = part_unit(parts_at(&block->parts, page), page, &n);

	return show(pager, block, first, n);
}
