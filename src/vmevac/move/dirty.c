/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dirty.h"
#include "pagemap_scan.h"
#include "uffd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { REGIONS = 1024, WORDS = 8192, SOFT_DIRTY_BIT = 55 };

/* Pages that are not there yet are to be protected as well. */
static const uint64_t features = UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED |
				 UFFD_FEATURE_WP_HUGETLBFS_SHMEM | UFFD_FEATURE_PAGEFAULT_FLAG_WP;

const char *const dirty_mode_words[DIRTY_MODES] = {
	[DIRTY_AUTO] = "auto",
	[DIRTY_UFFD] = "uffd",
	[DIRTY_SOFT] = "soft-dirty",
};

static void note(struct ram_block *block, uint64_t first, uint64_t n)
{
	page_set_add(&block->dirty, first, n);
	page_set_add(&block->written, first, n);
}

static uint64_t end_of(const struct ram_block *block)
{
	return block->va + block->pages * PAGE_BYTES;
}

/* --- Write protection --- */

static bool has_uffd(int pagemap)
{
	uint64_t there, va = 0;
	struct pagemap_region region;

	return uffd_features(&there) == 0 && (there & features) == features &&
	       pagemap_scan(pagemap, &va, 0, &region, 1) == 0;
}

static int collect_block(struct dirty *dirty, struct ram_block *block)
{
	static struct pagemap_region region[REGIONS];
	uint64_t va = block->va;

	while (va < end_of(block)) {
		int n = pagemap_scan_written(dirty->pagemap, &va, end_of(block), region, REGIONS);

		if (n < 0)
			return -1;
		for (int i = 0; i < n; i++)
			note(block, (region[i].start - block->va) / PAGE_BYTES,
				(region[i].end - region[i].start) / PAGE_BYTES);
	}
	return 0;
}

static int register_all(struct dirty *dirty, const struct ram *ram)
{
	for (unsigned int i = 0; i < ram->blocks; i++) {
		const struct ram_block *block = &ram->block[i];

		if (uffd_register(dirty->uffd, block->va, block->pages * PAGE_BYTES,
			    UFFDIO_REGISTER_MODE_WP) != 0)
			return -1;
	}
	return 0;
}

static int open_uffd(struct dirty *dirty, struct inject *in, const struct root *root, pid_t pid)
{
	if (inject_stop(in, root, pid) != 0)
		return -1;
	dirty->uffd = uffd_open_in(in, features);

	int error = errno;

	inject_release(in);
	errno = error;
	return dirty->uffd < 0 ? -1 : 0;
}

/* Only what a scan has told of is protected: so all is told of once, and forgotten. */
static int protect_all(struct dirty *dirty, struct ram *ram)
{
	if (register_all(dirty, ram) != 0)
		return -1;
	for (unsigned int i = 0; i < ram->blocks; i++) {
		if (collect_block(dirty, &ram->block[i]) != 0)
			return -1;
		page_set_clear(&ram->block[i].dirty);
		page_set_clear(&ram->block[i].written);
	}
	return 0;
}

/* --- Soft-dirty bits --- */

/* The kernel has them if it sets one on a page that is new. */
static bool has_soft_dirty(const struct root *root)
{
	static char page[2 * PAGE_BYTES];
	volatile char *there = page + PAGE_BYTES - (uintptr_t)page % PAGE_BYTES;
	int own = pagemap_open(root, 0);
	uint64_t word = 0;

	*there = 1;
	if (own < 0)
		return false;
	if (pagemap_read(own, (uintptr_t)there, &word, 1) != 1)
		word = 0;
	close(own);
	return word >> SOFT_DIRTY_BIT & 1;
}

static int collect_soft_dirty(struct dirty *dirty, struct ram_block *block)
{
	static uint64_t words[WORDS];

	for (uint64_t page = 0; page < block->pages;) {
		uint64_t left = block->pages - page;
		ssize_t n = pagemap_read(dirty->pagemap, block->va + page * PAGE_BYTES, words,
			left < WORDS ? left : WORDS);

		if (n <= 0) {
			errno = n < 0 ? errno : ESRCH;
			return -1;
		}
		for (ssize_t i = 0; i < n; i++)
			if (words[i] >> SOFT_DIRTY_BIT & 1)
				note(block, page + (uint64_t)i, 1);
		page += (uint64_t)n;
	}
	return 0;
}

/* --- Either --- */

static enum dirty_mode choose(
	const struct dirty *dirty, enum dirty_mode wanted, const struct root *root)
{
	if (wanted != DIRTY_SOFT && has_uffd(dirty->pagemap))
		return DIRTY_UFFD;
	if (wanted != DIRTY_UFFD && has_soft_dirty(root))
		return DIRTY_SOFT;
	return DIRTY_AUTO;
}

int dirty_open(struct dirty *dirty, enum dirty_mode mode, struct inject *in,
	const struct root *root, pid_t pid)
{
	*dirty = (struct dirty){
		.root = root, .pid = pid, .pagemap = pagemap_open(root, pid), .uffd = -1};
	if (dirty->pagemap < 0)
		return -1;
	dirty->mode = choose(dirty, mode, root);
	if (dirty->mode == DIRTY_UFFD)
		return open_uffd(dirty, in, root, pid);
	errno = ENOTSUP;
	return dirty->mode == DIRTY_SOFT ? 0 : -1;
}

int dirty_arm(struct dirty *dirty, struct ram *ram)
{
	if (dirty->mode == DIRTY_UFFD)
		return protect_all(dirty, ram);
	return root_write(dirty->root, "4", "proc/%d/clear_refs", dirty->pid);
}

bool dirty_can_repeat(const struct dirty *dirty)
{
	return dirty->mode == DIRTY_UFFD;
}

int dirty_collect(struct dirty *dirty, struct ram *ram)
{
	for (unsigned int i = 0; i < ram->blocks; i++)
		if ((dirty->mode == DIRTY_UFFD ? collect_block : collect_soft_dirty)(
			    dirty, &ram->block[i]) != 0)
			return -1;
	return 0;
}

void dirty_close(struct dirty *dirty, const struct ram *ram)
{
	for (unsigned int i = 0; dirty->uffd >= 0 && i < ram->blocks; i++)
		uffd_unregister(dirty->uffd, ram->block[i].va, ram->block[i].pages * PAGE_BYTES);
	if (dirty->uffd >= 0)
		close(dirty->uffd);
	if (dirty->pagemap >= 0)
		close(dirty->pagemap);
	dirty->uffd = dirty->pagemap = -1;
}
