/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ram.h"
#include "guard.h"
#include "vm/backends.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* --- Opening --- */

/* Each page that hugesplit has replaced is a file of its own, and there may be thousands. */
static void allow_all_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit); /* if it is not enough, opening says so */
}

static int open_block(struct ram *ram, const struct root *root, const struct vm *vm, unsigned int i,
	int prot, const char **why)
{
	struct ram_block *block = &ram->block[ram->blocks++];
	const struct vm_mapping *mapping = &vm->mapping[i];

	*block = (struct ram_block){.va = mapping->start};
	memcpy(block->id, vm->args.backend[i].id, sizeof(block->id));
	block->pages = (mapping->end - mapping->start) / PAGE_BYTES;
	*why = "find its memory";
	if (mapping->candidates != 1) {
		errno = ENOTSUP;
		return -1;
	}
	*why = "open its memory";
	if (parts_open(&block->parts, root, vm->pid, mapping->start, mapping->end) != 0)
		return -1;
	*why = "map its memory";
	block->memory = parts_map(&block->parts, prot);
	return block->memory ? page_set_open(&block->lost, block->pages) : -1;
}

int ram_open(struct ram *ram, const struct root *root, struct vm *vm, struct qmp *qmp, int prot,
	const char **why)
{
	*ram = (struct ram){0};
	allow_all_files();
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

/* All that was there whole when it was shown to QEMU has been in its page tables ever since. */
static int miss_unmapped(struct ram_block *block, const struct part *part, int pagemap)
{
	uint64_t word, n;

	for (uint64_t page = part->first; page < part_end(part); page += n) {
		part_unit(part, page, &n);
		if (pagemap_read(pagemap, block->va + page * PAGE_BYTES, &word, 1) != 1)
			return -1;
		if (pagemap_is_none(word))
			page_set_add(&block->missing, page, n);
	}
	return 0;
}

static int miss_huge(struct ram_block *block, int pagemap)
{
	for (unsigned int i = 0; i < block->parts.n; i++)
		if (part_is_huge(&block->parts.part[i]) &&
			miss_unmapped(block, &block->parts.part[i], pagemap) != 0)
			return -1;
	return 0;
}

static int miss_holes(struct ram_block *block, int pagemap)
{
	uint64_t first = 0, n = 0, end = 0;
	int more;

	while ((more = parts_next_data(&block->parts, &first, &n)) > 0) {
		miss_hole(block, end, first);
		end = first + n;
	}
	if (more < 0)
		return -1;
	miss_hole(block, end, block->pages);
	if (miss_huge(block, pagemap) != 0)
		return -1;
	page_set_subtract(&block->missing, &block->lost);
	page_set_clear(&block->unasked);
	first = n = 0;
	while (page_set_next(&block->missing, true, &first, &n))
		page_set_add(&block->unasked, first, n);
	page_set_clear(&block->noted);
	return 0;
}

int ram_miss_holes(struct ram *ram, int pagemap)
{
	for (unsigned int i = 0; i < ram->blocks; i++)
		if (miss_holes(&ram->block[i], pagemap) != 0)
			return -1;
	return 0;
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
		parts_close(&block->parts);
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

	if (!part_is_huge(parts_at(&block->parts, page)) ||
		!guard_run(touch, block->memory + page * PAGE_BYTES, &fault))
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
