/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ram.h"
#include "guard.h"
#include "maps.h"
#include "vm/backends.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- Opening --- */

/* The first area of a mapping, which a policy for a part may have cut: each leads to the file. */
static int open_file(const struct root *root, pid_t pid, uint64_t start, int flags)
{
	static struct maps maps;
	static struct vma vma;
	int more;

	if (maps_open(&maps, root, pid) != 0)
		return -1;
	while ((more = maps_next(&maps, &vma)) > 0)
		if (vma.start == start)
			break;
	maps_close(&maps);
	if (more > 0)
		return root_openat(root, flags, "proc/%d/map_files/%lx-%lx", pid,
			(unsigned long)vma.start, (unsigned long)vma.end);
	errno = more < 0 ? errno : ESTALE;
	return -1;
}

/*
 * To read a hole of shared memory fills it, and on a host with bad memory that is the last
 * thing to do: with this, it is SIGBUS (UFFD_FEATURE_SIGBUS in userfaultfd(2)).  The userfaultfd
 * stays open for as long as we live.
 */
static int guard_holes(const struct ram_block *block)
{
	static int uffd = -1;
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_SIGBUS | UFFD_FEATURE_MISSING_SHMEM |
			    UFFD_FEATURE_MISSING_HUGETLBFS,
	};
	struct uffdio_register order = {
		.range = {(uintptr_t)block->memory, block->pages * PAGE_BYTES},
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

static int map_block(struct ram_block *block, int prot)
{
	block->memory = mmap(
		NULL, block->pages * PAGE_BYTES, prot, MAP_SHARED | MAP_NORESERVE, block->fd, 0);
	if (block->memory == MAP_FAILED) {
		block->memory = NULL;
		return -1;
	}
	return prot & PROT_WRITE ? 0 : guard_holes(block);
}

static int open_block(struct ram *ram, const struct root *root, const struct vm *vm, unsigned int i,
	int prot, const char **why)
{
	struct ram_block *block = &ram->block[ram->blocks++];
	const struct vm_mapping *mapping = &vm->mapping[i];
	struct statfs filesystem;

	*block = (struct ram_block){.va = mapping->start, .fd = -1};
	memcpy(block->id, vm->args.backend[i].id, sizeof(block->id));
	block->pages = (mapping->end - mapping->start) / PAGE_BYTES;
	*why = "find its memory";
	if (mapping->candidates != 1) {
		errno = ENOTSUP;
		return -1;
	}
	*why = "open its memory";
	block->fd = open_file(root, vm->pid, mapping->start, O_RDWR);
	if (block->fd < 0)
		return -1;
	block->is_hugetlb =
		fstatfs(block->fd, &filesystem) == 0 && filesystem.f_type == HUGETLBFS_MAGIC;
	*why = "map its memory";
	if (map_block(block, prot) != 0)
		return -1;
	return page_set_open(&block->lost, block->pages);
}

int ram_open(struct ram *ram, const struct root *root, struct vm *vm, struct qmp *qmp, int prot,
	const char **why)
{
	*ram = (struct ram){0};
	*why = "read its mappings";
	if (backends_find(vm, root, qmp) != 0)
		return -1;
	for (unsigned int i = 0; i < vm->args.backends; i++)
		if (open_block(ram, root, vm, i, prot, why) != 0)
			return -1;
	if (ram->blocks)
		return 0;
	*why = "find its memory";
	errno = ENOTSUP;
	return -1;
}

/* Zeros, which are there when they are touched. */
static void *open_room(uint64_t size)
{
	void *room = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return room == MAP_FAILED ? NULL : room;
}

static void close_room(void *room, uint64_t size)
{
	if (room)
		munmap(room, size);
}

int ram_open_source(struct ram *ram)
{
	for (unsigned int i = 0; i < ram->blocks; i++) {
		struct ram_block *block = &ram->block[i];

		block->digest = open_room(block->pages * sizeof(*block->digest));
		if (!block->digest || page_set_open(&block->dirty, block->pages) != 0 ||
			page_set_open(&block->written, block->pages) != 0)
			return -1;
	}
	return 0;
}

int ram_open_target(struct ram *ram)
{
	for (unsigned int i = 0; i < ram->blocks; i++) {
		struct ram_block *block = &ram->block[i];

		block->arrived = open_room(block->pages * DIGEST_BYTES);
		if (!block->arrived || page_set_open(&block->told, block->pages) != 0 ||
			page_set_open(&block->noted, block->pages) != 0 ||
			page_set_open(&block->missing, block->pages) != 0 ||
			page_set_open(&block->unasked, block->pages) != 0)
			return -1;
		page_set_add(&block->noted, 0, block->pages);
	}
	return 0;
}

static void miss_hole(struct ram_block *block, uint64_t first, uint64_t end)
{
	page_set_add(&block->missing, first, end - first);
}

void ram_miss_holes(struct ram *ram)
{
	for (unsigned int i = 0; i < ram->blocks; i++) {
		struct ram_block *block = &ram->block[i];
		uint64_t first = 0, n = 0, end = 0;

		while (ram_next_data(block, &first, &n)) {
			miss_hole(block, end, first);
			end = first + n;
		}
		miss_hole(block, end, block->pages);
		page_set_subtract(&block->missing, &block->lost);
		page_set_clear(&block->unasked);
		first = n = 0;
		while (page_set_next(&block->missing, true, &first, &n))
			page_set_add(&block->unasked, first, n);
		page_set_clear(&block->noted);
	}
}

void ram_close(struct ram *ram)
{
	for (unsigned int i = 0; i < ram->blocks; i++) {
		struct ram_block *block = &ram->block[i];

		page_set_close(&block->lost);
		page_set_close(&block->told);
		page_set_close(&block->dirty);
		page_set_close(&block->written);
		page_set_close(&block->noted);
		page_set_close(&block->missing);
		page_set_close(&block->unasked);
		close_room(block->digest, block->pages * sizeof(*block->digest));
		close_room(block->arrived, block->pages * DIGEST_BYTES);
		close_room(block->memory, block->pages * PAGE_BYTES);
		if (block->fd >= 0)
			close(block->fd);
	}
	ram->blocks = 0;
}

/* --- Pages --- */

bool ram_has(const struct ram *ram, uint32_t block, uint64_t first, uint64_t pages)
{
	return block < ram->blocks && first < ram->block[block].pages &&
	       pages <= ram->block[block].pages - first;
}

uint64_t ram_lost(const struct ram *ram)
{
	uint64_t pages = 0;

	for (unsigned int i = 0; i < ram->blocks; i++)
		pages += ram->block[i].lost.count;
	return pages;
}

/* hugetlbfs tells of no holes: there each page answers for itself when it is touched. */
bool ram_next_data(const struct ram_block *block, uint64_t *first, uint64_t *n)
{
	off_t size = (off_t)(block->pages * PAGE_BYTES);
	off_t data = lseek(block->fd, (off_t)((*first + *n) * PAGE_BYTES), SEEK_DATA), hole;

	if (data < 0 || data >= size)
		return false;
	hole = lseek(block->fd, data, SEEK_HOLE);
	if (hole < 0 || hole > size)
		hole = size;
	*first = (uint64_t)data / PAGE_BYTES;
	*n = ((uint64_t)hole + PAGE_BYTES - 1) / PAGE_BYTES - *first;
	return true;
}

int ram_punch(const struct ram_block *block, uint64_t first, uint64_t n)
{
	return fallocate(block->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		(off_t)(first * PAGE_BYTES), (off_t)(n * PAGE_BYTES));
}

static void touch(void *page)
{
	(void)*(volatile const unsigned char *)page;
}

/* One that is only on its way to another place can be read as soon as it is there. */
static void add_lost(uint64_t va, void *context)
{
	struct ram_block *block = context;
	uint64_t page = (va - block->va) / PAGE_BYTES;
	struct guard_fault fault;

	if (!block->is_hugetlb || !guard_run(touch, block->memory + page * PAGE_BYTES, &fault))
		page_set_add(&block->lost, page, 1);
}

int ram_find_lost(struct ram *ram, const struct pages_poison *poison)
{
	for (unsigned int i = 0; i < ram->blocks; i++) {
		struct ram_block *block = &ram->block[i];

		if (pages_poison_each(poison, block->va, block->va + block->pages * PAGE_BYTES,
			    add_lost, block) != 0)
			return -1;
	}
	return 0;
}
