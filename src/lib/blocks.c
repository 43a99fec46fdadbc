/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMORY_DIR "sys/devices/system/memory"
#define NODE_DIR   "sys/devices/system/node"

/* The number in a name such as "memory12", when PREFIX is all the rest of it. */
static bool name_number(const char *name, const char *prefix, unsigned int *out)
{
	size_t len = strlen(prefix);
	char *end;

	if (strncmp(name, prefix, len) != 0 || name[len] < '0' || name[len] > '9')
		return false;
	errno = 0;
	unsigned long value = strtoul(name + len, &end, 10);

	if (*end || errno || value > INT32_MAX)
		return false;
	*out = (unsigned int)value;
	return true;
}

/*
 * Call VISIT with the number of every entry "PREFIXn" of a directory that may
 * be missing.  Stops at the first -1.
 */
static int for_each_numbered(const struct root *root, const char *path, const char *prefix,
	int (*visit)(unsigned int number, void *context), void *context)
{
	DIR *dir = root_opendir(root, "%s", path);
	struct dirent *entry;
	int result = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -1;
	while (result == 0 && (errno = 0, entry = readdir(dir))) {
		unsigned int number;

		if (name_number(entry->d_name, prefix, &number))
			result = visit(number, context);
	}
	if (result == 0 && errno)
		result = -1;
	int error = errno;

	closedir(dir);
	errno = error;
	return result;
}

struct reading {
	struct blocks *blocks;
	const struct root *root;
	uint64_t block_size;
	size_t room;
	int node; /* whose directory is being read */
};

static int read_online(const struct root *root, unsigned int block, bool *online)
{
	char state[32];

	if (root_read(root, state, sizeof(state), MEMORY_DIR "/memory%u/state", block) < 0)
		return -1;
	/* "going-offline" still holds pages; only "offline" hides its poison. */
	*online = strcmp(state, "offline\n") != 0;
	return 0;
}

/* Unplugged since its name was read.  Keeps errno when it is still there. */
static bool is_gone(const struct root *root, unsigned int block)
{
	int error = errno;
	int fd = root_openat(root, O_PATH, MEMORY_DIR "/memory%u", block);

	if (fd >= 0)
		close(fd);
	else if (errno == ENOENT)
		return true;
	errno = error;
	return false;
}

static int add_block(unsigned int block, void *context)
{
	struct reading *r = context;
	struct blocks *b = r->blocks;
	struct block_range range = {.node = BLOCKS_NODE_UNKNOWN};

	if (b->ranges == r->room) {
		size_t room = r->room ? 2 * r->room : 256;
		void *more = reallocarray(b->range, room, sizeof(*b->range));

		if (!more)
			return -1;
		b->range = more;
		r->room = room;
	}
	if (__builtin_mul_overflow(block, r->block_size, &range.start) ||
		__builtin_add_overflow(range.start, r->block_size, &range.end)) {
		errno = EBADMSG;
		return -1;
	}
	if (read_online(r->root, block, &range.online) != 0)
		return is_gone(r->root, block) ? 0 : -1;
	b->range[b->ranges++] = range;
	return 0;
}

static struct block_range *find_range(const struct blocks *blocks, uint64_t address)
{
	size_t low = 0, high = blocks->ranges;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct block_range *range = &blocks->range[middle];

		if (address < range->start)
			high = middle;
		else if (address >= range->end)
			low = middle + 1;
		else
			return range;
	}
	return NULL;
}

static int set_node(unsigned int block, void *context)
{
	struct reading *r = context;
	uint64_t address;

	if (__builtin_mul_overflow(block, r->block_size, &address))
		return 0;

	struct block_range *range = find_range(r->blocks, address);

	if (range)
		range->node = r->node;
	return 0;
}

static int read_node(unsigned int node, void *context)
{
	struct reading *r = context;
	char path[64];

	r->node = (int)node;
	snprintf(path, sizeof(path), NODE_DIR "/node%u", node);
	return for_each_numbered(r->root, path, "memory", set_node, r);
}

static int by_start(const void *a, const void *b)
{
	const struct block_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void merge_neighbours(struct blocks *blocks)
{
	size_t n = 0;

	for (size_t i = 0; i < blocks->ranges; i++) {
		const struct block_range *next = &blocks->range[i];
		struct block_range *last = n ? &blocks->range[n - 1] : NULL;

		if (last && last->end == next->start && last->node == next->node &&
			last->online == next->online)
			last->end = next->end;
		else
			blocks->range[n++] = *next;
	}
	blocks->ranges = n;
}

int blocks_read(struct blocks *blocks, const struct root *root)
{
	struct reading r = {.blocks = blocks, .root = root};

	*blocks = (struct blocks){0};
	if (root_read_u64(root, 16, &r.block_size, MEMORY_DIR "/block_size_bytes") != 0)
		return errno == ENOENT ? 0 : -1;
	if (r.block_size == 0) {
		errno = EBADMSG;
		return -1;
	}
	if (for_each_numbered(root, MEMORY_DIR, "memory", add_block, &r) != 0)
		goto free_ranges;
	if (blocks->ranges)
		qsort(blocks->range, blocks->ranges, sizeof(*blocks->range), by_start);
	if (for_each_numbered(root, NODE_DIR, "node", read_node, &r) != 0)
		goto free_ranges;
	merge_neighbours(blocks);
	return 0;

free_ranges:
	blocks_free(blocks);
	return -1;
}

const struct block_range *blocks_find(const struct blocks *blocks, uint64_t address)
{
	return find_range(blocks, address);
}

int blocks_node(const struct blocks *blocks, uint64_t address)
{
	const struct block_range *range = blocks_find(blocks, address);

	return range ? range->node : BLOCKS_NODE_UNKNOWN;
}

void blocks_free(struct blocks *blocks)
{
	int error = errno;

	free(blocks->range);
	*blocks = (struct blocks){0};
	errno = error;
}
