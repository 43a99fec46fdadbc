/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blocks: nodes and states of physical memory, from trees like those of sysfs. */
#include "blocks.h"
#include "tree.h"
#include "unit.h"

#define MEMORY "sys/devices/system/memory"
#define NODE   "sys/devices/system/node"

static struct tree tree;
static struct blocks blocks;

static void put_block(unsigned int block, const char *state)
{
	tree_put(&tree, state, MEMORY "/memory%u/state", block);
}

static void put_in_node(unsigned int block, unsigned int node)
{
	tree_put_link(&tree, "../../memory/memory0", NODE "/node%u/memory%u", node, block);
}

/* The ranges as text, "0-2:n0 on, 3-4:n? off", in blocks of SIZE; or "error". */
static const char *ranges(uint64_t size)
{
	static char text[4096];
	char *p = text;

	*p = '\0';
	errno = 0;
	if (blocks_read(&blocks, &tree.root) != 0)
		return "error";
	for (size_t i = 0; i < blocks.ranges; i++) {
		const struct block_range *r = &blocks.range[i];

		p += sprintf(p, "%s%ju-%ju:", i ? ", " : "", (uintmax_t)(r->start / size),
			(uintmax_t)(r->end / size));
		p += sprintf(p, r->node == BLOCKS_NODE_UNKNOWN ? "n?" : "n%d", r->node);
		p += sprintf(p, r->online ? " on" : " off");
	}
	return text;
}

#define SIZE UINT64_C(0x8000000)

/* A test with a tree of its own, and blocks of 128 MiB. */
static void begin(void)
{
	tree_make(&tree);
	tree_put(&tree, "8000000\n", MEMORY "/block_size_bytes");
}

static void end(void)
{
	blocks_free(&blocks);
	tree_remove(&tree);
}

static void two_nodes_a_hole_and_an_offline_block(void)
{
	begin();
	for (unsigned int block = 0; block < 12; block++) {
		if (block == 4 || block == 5)
			continue;
		put_block(block, block == 9 ? "offline\n" : "online\n");
		put_in_node(block, block >= 8);
	}
	CHECK_TEXT(ranges(SIZE), "0-4:n0 on, 6-8:n0 on, 8-9:n1 on, 9-10:n1 off, 10-12:n1 on");
	end();
}

static void find_at_edges(void)
{
	begin();
	put_block(2, "online\n");
	put_block(3, "online\n");
	put_block(5, "online\n");
	put_in_node(2, 7);
	put_in_node(3, 7);
	CHECK_TEXT(ranges(SIZE), "2-4:n7 on, 5-6:n? on");
	CHECK(blocks_find(&blocks, 0) == NULL);
	CHECK(blocks_find(&blocks, 2 * SIZE - 1) == NULL);
	CHECK(blocks_find(&blocks, 2 * SIZE) == &blocks.range[0]);
	CHECK(blocks_find(&blocks, 4 * SIZE - 1) == &blocks.range[0]);
	CHECK(blocks_find(&blocks, 4 * SIZE) == NULL);
	CHECK(blocks_find(&blocks, 5 * SIZE - 1) == NULL);
	CHECK(blocks_find(&blocks, 5 * SIZE) == &blocks.range[1]);
	CHECK(blocks_find(&blocks, 6 * SIZE - 1) == &blocks.range[1]);
	CHECK(blocks_find(&blocks, 6 * SIZE) == NULL);
	CHECK(blocks_find(&blocks, UINT64_MAX) == NULL);
	CHECK(blocks_node(&blocks, 3 * SIZE) == 7);
	CHECK(blocks_node(&blocks, 5 * SIZE) == BLOCKS_NODE_UNKNOWN);
	CHECK(blocks_node(&blocks, 4 * SIZE) == BLOCKS_NODE_UNKNOWN);
	end();
}

static void only_offline_is_offline(void)
{
	begin();
	put_block(0, "online\n");
	put_block(1, "going-offline\n");
	put_block(2, "offline\n");
	put_block(3, "offline\n");
	put_block(4, "online\n");
	CHECK_TEXT(ranges(SIZE), "0-2:n? on, 2-4:n? off, 4-5:n? on");
	end();
}

/* readdir(3) has no order; 300 blocks outgrow the first array. */
static void many_blocks_are_sorted_and_merged(void)
{
	begin();
	for (unsigned int i = 0; i < 300; i++) {
		unsigned int block = i * 7 % 300;

		put_block(block, "online\n");
		put_in_node(block, block / 100);
	}
	CHECK_TEXT(ranges(SIZE), "0-100:n0 on, 100-200:n1 on, 200-300:n2 on");
	end();
}

static void other_entries_are_passed_over(void)
{
	static const char *const names[] = {"memory", "memoryx", "memory1x", "memory-1", "memory 1",
		"memory99999999999", "memory2147483648", "xmemory1", "auto_online_blocks", "power"};

	begin();
	put_block(0, "online\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		tree_put_dir(&tree, MEMORY "/%s", names[i]);
	tree_put(&tree, "0\n", NODE "/online");
	tree_put_dir(&tree, NODE "/nodex");
	tree_put_dir(&tree, NODE "/node3/memory_failure");
	put_in_node(0, 3);
	put_in_node(77, 3); /* of a node only: no block of the machine */
	CHECK_TEXT(ranges(SIZE), "0-1:n3 on");
	end();
}

static void missing_parts(void)
{
	begin();
	CHECK_TEXT(ranges(SIZE), ""); /* a block size, and no block */
	put_block(0, "online\n");
	CHECK_TEXT(ranges(SIZE), "0-1:n? on"); /* no nodes: a kernel without NUMA */
	blocks_free(&blocks);
	tree_put_dir(&tree, MEMORY "/memory1");
	CHECK_TEXT(ranges(SIZE), "error"); /* a block without a state */
	CHECK_U64(errno, ENOENT);
	CHECK(blocks.range == NULL && blocks.ranges == 0);
	end();
}

static void no_hotplug_is_no_error(void)
{
	tree_make(&tree);
	CHECK_TEXT(ranges(SIZE), "");
	CHECK(blocks_find(&blocks, 0) == NULL);
	CHECK(blocks_node(&blocks, 0) == BLOCKS_NODE_UNKNOWN);
	blocks_free(&blocks);
	tree_remove(&tree);
}

static void a_garbled_block_size_is_ebadmsg(void)
{
	static const char *const garbage[] = {"", "\n", "0\n", "0x8000000\n", "128M\n",
		"8000000\n8", ":000000\n", "10000000000000000\n",
		"00000000000000000000000000000000000000000000000000000000000000000000\n"};

	begin();
	put_block(1, "online\n");
	for (size_t i = 0; i < sizeof(garbage) / sizeof(*garbage); i++) {
		unit_row = garbage[i];
		tree_put(&tree, garbage[i], MEMORY "/block_size_bytes");
		CHECK_TEXT(ranges(SIZE), "error");
		CHECK_U64(errno, EBADMSG);
		CHECK(blocks.range == NULL && blocks.ranges == 0);
	}
	end();
}

static void huge_numbers(void)
{
	begin();
	put_block(2147483647, "online\n");
	put_in_node(2147483647, 2147483647);
	CHECK_TEXT(ranges(SIZE), "2147483647-2147483648:n2147483647 on");
	blocks_free(&blocks);
	/* Ranges are half open: the last block of 64 bits would end beyond them. */
	tree_put(&tree, "200000000\n", MEMORY "/block_size_bytes");
	CHECK_TEXT(ranges(SIZE), "error");
	CHECK_U64(errno, EBADMSG);
	tree_put(&tree, "8000000000000000\n", MEMORY "/block_size_bytes");
	CHECK_TEXT(ranges(SIZE), "error");
	CHECK_U64(errno, EBADMSG);
	tree_put(&tree, "100000000\n", MEMORY "/block_size_bytes");
	CHECK_TEXT(ranges(UINT64_C(1) << 32), "2147483647-2147483648:n2147483647 on");

	end();
}

/* The blocks of this machine, where it has any, hold its first megabyte. */
static void the_running_kernel_is_understood(void)
{
	struct root live;

	CHECK(root_open(&live, "/") == 0);
	CHECK(blocks_read(&blocks, &live) == 0);
	for (size_t i = 0; i < blocks.ranges; i++) {
		CHECK(blocks.range[i].start < blocks.range[i].end);
		CHECK(i == 0 || blocks.range[i - 1].end <= blocks.range[i].start);
	}
	if (blocks.ranges)
		CHECK(blocks_find(&blocks, 0) == &blocks.range[0]);
	blocks_free(&blocks);
	root_close(&live);
}

int main(void)
{
	UNIT(two_nodes_a_hole_and_an_offline_block);
	UNIT(find_at_edges);
	UNIT(only_offline_is_offline);
	UNIT(many_blocks_are_sorted_and_merged);
	UNIT(other_entries_are_passed_over);
	UNIT(missing_parts);
	UNIT(no_hotplug_is_no_error);
	UNIT(a_garbled_block_size_is_ebadmsg);
	UNIT(huge_numbers);
	UNIT(the_running_kernel_is_understood);
	return unit_end();
}
