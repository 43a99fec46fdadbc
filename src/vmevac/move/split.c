/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "split.h"
#include "digest.h"
#include "fault.h"
#include "headroom.h"
#include "inject_policy.h"
#include "maps.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE_TABLE_SPAN = 2 << 20 }; /* mremap(2) moves page tables as a whole (x86-64) */

/* A huge page that is lost in part. */
struct huge {
	struct ram_block *block;
	uint64_t first, pages;
};

/* --- Which ones --- */

/* The next from page *AT on, within lost pages up to END - 1. */
static bool next_in_run(struct huge *huge, uint64_t *at, uint64_t end)
{
	while (*at < end) {
		const struct part *part = parts_at(&huge->block->parts, *at);
		uint64_t start = *at;

		huge->pages = part->page_size / PAGE_BYTES;
		huge->first = start - (start - part->first) % huge->pages;
		*at = MIN(end, huge->first + huge->pages);
		if (part_is_huge(part) && *at - start < huge->pages)
			return true;
	}
	return false;
}

/* Call VISIT for each; 0, or the first of its results that is not. */
static int each_huge(struct ram_block *block, int (*visit)(const struct huge *huge, void *context),
	void *context)
{
	struct huge huge = {.block = block};
	uint64_t first = 0, n = 0, behind = 0;
	int result = 0;

	while (result == 0 && page_set_next(&block->lost, true, &first, &n))
		for (uint64_t at = MAX(first, behind);
			result == 0 && next_in_run(&huge, &at, first + n);) {
			behind = huge.first + huge.pages;
			result = visit(&huge, context);
		}
	return result;
}

/* --- One of them --- */

static uint64_t va_of(const struct huge *huge)
{
	return huge->block->va + huge->first * PAGE_BYTES;
}

static int create(uint64_t size)
{
	int memory = memfd_create(MAPS_REPLACEMENT, MFD_CLOEXEC);

	if (memory < 0 || ftruncate(memory, (off_t)size) == 0)
		return memory;
	close(memory);
	return -1;
}

/*
 * Where it is mapped until it takes the huge page's place, or 0.  A QEMU that locks whatever it
 * maps (mlockall(2)) has all of it there at once, unless it cannot be touched.
 */
static uint64_t map_elsewhere(struct inject *in, int memory, uint64_t size)
{
	int fd = inject_give_fd(in, memory);
	uint64_t at = 0;

	if (fd >= 0)
		at = inject_find_hole(in, size, MAX(size, (uint64_t)PAGE_TABLE_SPAN));
	if (at && inject_call(in, SYS_mmap, at, size, PROT_NONE, MAP_SHARED | MAP_FIXED_NOREPLACE,
			  (uint64_t)fd, 0) < 0)
		at = 0;
	if (fd >= 0)
		inject_close(in, fd);
	return at;
}

/*
 * As huge pages are: never swapped out, and where the machine is to have its memory.  Pages that
 * were made one would leave no hole to mark.
 */
static int make_alike(struct inject *in, uint64_t at, const struct huge *huge)
{
	uint64_t size = huge->pages * PAGE_BYTES;
	struct inject_policy policy;

	if (inject_get_policy(in, va_of(huge), &policy) != 0 ||
		inject_set_policy(in, at, size, &policy) != 0 || inject_lock(in, at, size) != 0 ||
		inject_call(in, SYS_mprotect, at, size, PROT_READ | PROT_WRITE) < 0)
		return -1;
	return inject_call(in, SYS_madvise, at, size, MADV_NOHUGEPAGE) < 0 && errno != EINVAL ? -1
											      : 0;
}

static bool has_content(const struct ram_block *block, uint64_t page)
{
	static const unsigned char zeros[DIGEST_BYTES];

	return memcmp(block->arrived + page * DIGEST_BYTES, zeros, DIGEST_BYTES) != 0;
}

/* Through the page tables of QEMU, so that it is charged for the pages and they are locked. */
static int write_to(const struct inject *in, uint64_t at, char *data, uint64_t size)
{
	while (size) {
		struct iovec here = {data, size}, there = {(void *)(uintptr_t)at, size};
		ssize_t n = process_vm_writev(in->pid, &here, 1, &there, 1, 0);

		if (n <= 0)
			return -1;
		data += n;
		at += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return 0;
}

/* Only what has come is read here: the rest may be a hole, which that would fill. */
static int fill(const struct inject *in, uint64_t at, const struct huge *huge)
{
	struct ram_block *block = huge->block;
	uint64_t end = huge->first + huge->pages, n;

	for (uint64_t page = huge->first; page < end; page += MAX(n, UINT64_C(1))) {
		for (n = 0; page + n < end && has_content(block, page + n); n++)
			;
		if (write_to(in, at + (page - huge->first) * PAGE_BYTES,
			    (char *)block->memory + page * PAGE_BYTES, n * PAGE_BYTES) != 0)
			return -1;
	}
	return 0;
}

static int put_in_place(struct inject *in, uint64_t at, const struct huge *huge)
{
	uint64_t size = huge->pages * PAGE_BYTES;

	return inject_call(in, SYS_mremap, at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
		       va_of(huge)) < 0
		       ? -1
		       : 0;
}

/* The huge page goes back to where it came from. */
static int take_over(const struct huge *huge, int memory)
{
	struct ram_block *block = huge->block;

	if (parts_punch(&block->parts, block->memory, huge->first, huge->pages) != 0 ||
		parts_replace(&block->parts, huge->first, huge->pages, memory) != 0)
		return -1;
	return part_map(
		parts_at(&block->parts, huge->first), block->memory, PROT_READ | PROT_WRITE);
}

/* It is still what came. */
static int compare(const struct huge *huge)
{
	const struct ram_block *block = huge->block;
	unsigned char digest[DIGEST_BYTES];

	for (uint64_t page = huge->first; page < huge->first + huge->pages; page++) {
		const unsigned char *arrived = block->arrived + page * DIGEST_BYTES;

		if (!has_content(block, page))
			continue;
		digest_of(block->memory + page * PAGE_BYTES, digest);
		if (memcmp(digest, arrived, DIGEST_BYTES) != 0) {
			errno = EBADMSG;
			return -1;
		}
	}
	return 0;
}

static int split(const struct huge *huge, void *context)
{
	struct inject *in = context;
	int memory = create(huge->pages * PAGE_BYTES);
	uint64_t at;

	if (memory < 0)
		return -1;
	at = map_elsewhere(in, memory, huge->pages * PAGE_BYTES);
	if (!at || make_alike(in, at, huge) != 0 || fill(in, at, huge) != 0)
		return -1;
	fault_step("replace");
	if (put_in_place(in, at, huge) != 0 || take_over(huge, memory) != 0)
		return -1;
	return compare(huge);
}

/* --- All of them --- */

static int add_up(const struct huge *huge, void *context)
{
	*(uint64_t *)context += huge->pages * PAGE_BYTES;
	return 0;
}

static int check_room(const struct root *root, pid_t pid, uint64_t size)
{
	const char *reason = headroom_group(root, pid, size);

	if (!reason)
		reason = headroom_machine(root, size);
	if (!reason)
		return 0;
	if (strcmp(reason, "failed") != 0)
		errno = ENOMEM;
	return -1;
}

int split_lost(struct ram *ram, struct inject *in, const struct root *root, pid_t pid)
{
	uint64_t size = 0;
	int result = 0, error;

	for (unsigned int i = 0; i < ram->blocks; i++)
		each_huge(&ram->block[i], add_up, &size);
	if (size == 0)
		return 0;
	if (check_room(root, pid, size) != 0 || inject_stop(in, root, pid) != 0)
		return -1;
	for (unsigned int i = 0; i < ram->blocks && result == 0; i++)
		result = each_huge(&ram->block[i], split, in);
	error = errno;
	inject_release(in);
	errno = error;
	return result;
}
