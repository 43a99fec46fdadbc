/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blocks - the memory blocks of the machine: which physical addresses are on
 * which NUMA node, and which are offline
 * (/sys/devices/system/memory, Documentation/admin-guide/mm/memory-hotplug.rst).
 */
#ifndef MEMPATROL_BLOCKS_H
#define MEMPATROL_BLOCKS_H

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLOCKS_NODE_UNKNOWN = -1 };

/* A run of blocks with the same node and state. */
struct block_range {
	uint64_t start, end; /* physical byte addresses, half open */
	int node;            /* or BLOCKS_NODE_UNKNOWN */
	bool online;
};

struct blocks {
	struct block_range *range; /* in address order, without overlap */
	size_t ranges;
};

/*
 * blocks_read - read them all.  A kernel without memory hotplug has none: that
 * is no error, but then every node is unknown.  Returns -1 with errno (EBADMSG:
 * a file there does not hold what the kernel would write).
 */
int blocks_read(struct blocks *blocks, const struct root *root);

/* blocks_find - the range that holds a physical address, or NULL. */
const struct block_range *blocks_find(const struct blocks *blocks, uint64_t address);

/* blocks_node - the NUMA node of a physical address, or BLOCKS_NODE_UNKNOWN. */
int blocks_node(const struct blocks *blocks, uint64_t address);

void blocks_free(struct blocks *blocks);

#endif
