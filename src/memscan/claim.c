/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "claim.h"
#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <numaif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <unistd.h>

/* --- How much may be taken --- */

/* The number behind KEY, in units of UNIT bytes; 0: not there. */
static uint64_t number_behind(const char *text, const char *key, uint64_t unit)
{
	const char *found = strstr(text, key);

	return found ? strtoull(found + strlen(key), NULL, 10) * unit : 0;
}

/* The sum of the high watermarks of NODE, of the text of /proc/zoneinfo. */
static uint64_t high_watermarks(const char *text, unsigned int node)
{
	char start[32];
	uint64_t pages = 0;

	snprintf(start, sizeof(start), "Node %u, zone", node);
	for (const char *zone = strstr(text, start); zone; zone = strstr(zone + 1, start)) {
		const char *end = strstr(zone + 1, "\nNode ");
		const char *high = strstr(zone, "\n        high ");

		if (high && (!end || high < end))
			pages += strtoull(high + strlen("\n        high "), NULL, 10);
	}
	return pages * PAGE_BYTES;
}

uint64_t claim_free(const struct root *root, unsigned int node)
{
	static char zones[4 << 20]; /* grows with CPUs and zones */
	char text[8192];
	uint64_t unused, total, margin;

	if (root_read(root, text, sizeof(text), "sys/devices/system/node/node%u/meminfo", node) <
			0 ||
		root_read(root, zones, sizeof(zones), "proc/zoneinfo") < 0)
		return 0;
	unused = number_behind(text, "MemFree:", 1024);
	total = number_behind(text, "MemTotal:", 1024);
	margin = high_watermarks(zones, node);
	if (margin == 0 || total == 0)
		return 0;
	margin += total / 16;
	return unused > margin ? (unused - margin) / PAGE_BYTES * PAGE_BYTES : 0;
}

static bool is_wanted(const struct claim *claim, unsigned int node)
{
	return !claim->nodes || claim->nodes >> node & 1;
}

uint64_t claim_plan(const struct claim *claim)
{
	uint64_t bytes = 0;

	for (unsigned int node = 0; claim->size && node < CLAIM_NODES_MAX; node++)
		if (is_wanted(claim, node))
			bytes += claim_free(claim->root, node);
	return MIN(bytes, claim->size);
}

/* --- Taking it --- */

/* SIZE bytes more of NODE behind the OFFSET bytes of memory file FD; NULL with errno. */
static void *take(int fd, uint64_t offset, size_t size, unsigned int node)
{
	unsigned long nodes = 1UL << node;
	void *memory;

	if (ftruncate(fd, (off_t)(offset + size)) != 0)
		return NULL;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	if (memory == MAP_FAILED)
		return NULL;
	/* Bound before any page is there: shared memory keeps the policy with the file. */
	if (mbind(memory, size, MPOL_BIND, &nodes, sizeof(nodes) * 8, 0) == 0 &&
		madvise(memory, size, MADV_POPULATE_WRITE) == 0)
		return memory;

	int error = errno;

	munmap(memory, size);
	errno = error;
	return NULL;
}

static int claim_node(
	struct claim *claim, unsigned int node, int fd, const struct claim_reader *reader)
{
	uint64_t offset = 0;
	bool more = true;

	while (more && claim->zeroed < claim->size) {
		size_t size = (size_t)MIN(claim->size - claim->zeroed, CLAIM_BYTES);

		size = (size_t)MIN(size, claim_free(claim->root, node));
		if (size == 0)
			return 0;

		void *memory = take(fd, offset, size, node);

		if (!memory)
			return errno;

		struct area area = {.fd = fd,
			.memory = AREA_SHMEM,
			.page = PAGE_BYTES,
			.offset = offset,
			.size = size};

		claim->zeroed += size;
		more = reader->read(reader->context, &area, memory);
		munmap(memory, size); /* the file holds the memory */
		offset += size;
	}
	return more ? 0 : ECANCELED;
}

int claim_walk(struct claim *claim, const struct claim_reader *reader)
{
	int held[CLAIM_NODES_MAX];
	int error = 0;
	unsigned int node;

	claim->zeroed = 0;
	for (node = 0; claim->size && node < CLAIM_NODES_MAX && error == 0; node++) {
		held[node] = -1;
		if (!is_wanted(claim, node) || claim_free(claim->root, node) == 0)
			continue;
		held[node] = memfd_create("memscan", MFD_CLOEXEC);
		error = held[node] < 0 ? errno : claim_node(claim, node, held[node], reader);
	}
	while (node-- > 0)
		if (held[node] >= 0)
			close(held[node]);
	if (claim->size != UINT64_MAX && error != ECANCELED)
		claim->denied = claim->size - claim->zeroed;
	return error == ECANCELED ? 0 : error;
}
