/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what hugesplit reads of a process: smaps, a line of numa_maps, and its control
 * group with what that uses.
 */
#include "headroom.h"
#include "../../src/hugesplit/policy.h"
#include "../unit/tree.h"
#include "fuzz.h"

enum { PID = 7 };

static void check_smaps(const uint8_t *data, size_t size)
{
	const uint64_t va = 0x7f0000000000;
	static struct smaps area;
	const uint8_t *end = data + size;
	bool inside = false, done = false;

	while (!done && data < end) {
		const uint8_t *lf = memchr(data, '\n', (size_t)(end - data));
		size_t len = (size_t)((lf ? lf : end) - data);
		char *line = fuzz_copy(data, len);

		done = smaps_take_line(&area, va, &inside, line, len);
		free(line);
		data += len + 1;
	}
	MUST(!done || inside);
	MUST(!inside || (area.vma.start <= va && va < area.vma.end));
	MUST(memchr(area.flags, '\0', sizeof(area.flags)));
}

static void check_node(const uint8_t *data, size_t size)
{
	char *line = fuzz_copy(data, size);
	int node = policy_fullest_node(line, size);

	free(line);
	MUST(node >= -1 && node < 1024);
}

static void check_group(const uint8_t *data, size_t size)
{
	static struct tree tree;
	const char *reason;

	if (!tree.root.fd) {
		tree_make(&tree);
		tree_put(&tree, "1000000\n", "sys/fs/cgroup/a/memory.max");
		tree_put(&tree, "900000\n", "sys/fs/cgroup/a/memory.current");
	}
	tree_put_bytes(&tree, data, size, "proc/%d/cgroup", PID);
	tree_put_bytes(&tree, data, size, "sys/fs/cgroup/a/memory.stat");
	reason = headroom_group(&tree.root, PID, 200000);
	MUST(!reason || !strcmp(reason, "cgroup") || !strcmp(reason, "failed"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_smaps(data, size);
	check_node(data, size);
	check_group(data, size);
	return 0;
}
