/* SPDX-License-Identifier: GPL-2.0-or-later */
/* claim, verify: how much free memory may be taken, and whether it kept what was written. */
#include "claim.h"
#include "verify.h"
#include "tree.h"
#include "unit.h"

#define MIB UINT64_C(0x100000)

static struct tree tree;

static void put_node(unsigned int node, unsigned int total_kib, unsigned int free_kib)
{
	char text[256];

	snprintf(text, sizeof(text), "Node %u MemTotal:  %u kB\nNode %u MemFree:   %u kB\n", node,
		total_kib, node, free_kib);
	tree_put(&tree, text, "sys/devices/system/node/node%u/meminfo", node);
}

static void put_zones(void)
{
	tree_put(&tree,
		"Node 0, zone      DMA\n  pages free     3840\n        low      100\n"
		"        high     256\n    cpu: 0\n              high:  378\n"
		"Node 0, zone   Normal\n        high     768\n"
		"Node 1, zone   Normal\n        high     512\n",
		"proc/zoneinfo");
}

static void a_margin_is_left(void)
{
	put_zones();
	put_node(0, 1600 * 1024, 1000 * 1024);
	put_node(1, 1600 * 1024, 101 * 1024);
	put_node(2, 1600 * 1024, 1000 * 1024);
	CHECK_U64(claim_free(&tree.root, 0), (1000 - 100 - 4) * MIB);
	CHECK_U64(claim_free(&tree.root, 1), 0);
	CHECK_U64(claim_free(&tree.root, 2), 0); /* no zones: not understood */
	CHECK_U64(claim_free(&tree.root, 3), 0);
}

static void a_plan_is_bounded_by_wish_and_nodes(void)
{
	struct claim claim = {.root = &tree.root, .size = UINT64_MAX};

	put_node(1, 1600 * 1024, 202 * 1024);
	CHECK_U64(claim_plan(&claim), (896 + 100) * MIB);
	claim.nodes = 1 << 1;
	CHECK_U64(claim_plan(&claim), 100 * MIB);
	claim.size = 7 * MIB;
	CHECK_U64(claim_plan(&claim), 7 * MIB);
	claim.size = 0;
	CHECK_U64(claim_plan(&claim), 0);
}

static void what_was_written_is_there(void)
{
	static _Alignas(4096) char memory[4 * 4096];

	verify_write(memory, sizeof(memory), 1);
	CHECK_U64(verify_read(memory, sizeof(memory), 1, 0), sizeof(memory));
	CHECK_U64(verify_read(memory, sizeof(memory), 2, 0), 0);
}

static void a_single_bit_is_noticed_in_its_page(void)
{
	static _Alignas(4096) char memory[4 * 4096];

	verify_write(memory, sizeof(memory), 1);
	memory[4096] ^= 1;
	memory[4 * 4096 - 1] ^= (char)0x80;
	CHECK_U64(verify_read(memory, sizeof(memory), 1, 0), 4096);
	CHECK_U64(verify_read(memory, sizeof(memory), 1, 8192), 3 * 4096);
}

int main(void)
{
	tree_make(&tree);
	UNIT(a_margin_is_left);
	UNIT(a_plan_is_bounded_by_wish_and_nodes);
	UNIT(what_was_written_is_there);
	UNIT(a_single_bit_is_noticed_in_its_page);
	tree_remove(&tree);
	return unit_end();
}
