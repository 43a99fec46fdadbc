/* SPDX-License-Identifier: GPL-2.0-or-later */
/* headroom: what is left to a control group, and to those above it. */
#include "headroom.h"
#include "tree.h"
#include "unit.h"

#include <stdbool.h>

enum { PID = 42, MIB = 1 << 20 };

static struct tree tree;

static void put_group(const char *path, const char *max, const char *current, const char *stat)
{
	tree_put(&tree, max, "sys/fs/cgroup%s/memory.max", path);
	tree_put(&tree, current, "sys/fs/cgroup%s/memory.current", path);
	tree_put(&tree, stat, "sys/fs/cgroup%s/memory.stat", path);
}

/* What the two control groups of the process must still have, in MiB. */
static bool fits(uint64_t mib)
{
	const char *reason = headroom_group(&tree.root, PID, mib * MIB);

	CHECK(!reason || !strcmp(reason, "cgroup"));
	return !reason;
}

static void without_a_limit_there_is_room(void)
{
	CHECK(fits(1 << 20));
	tree_put(&tree, "0::/\n", "proc/%d/cgroup", PID);
	CHECK(fits(1 << 20)); /* the topmost has no limit */
	tree_put(&tree, "0::/machine.slice/web (deleted)\n", "proc/%d/cgroup", PID);
	CHECK(fits(1 << 20));
}

static void the_least_of_all_groups_counts(void)
{
	tree_put(&tree, "1:name=systemd:/memory\n0::/machine.slice/web\n", "proc/%d/cgroup", PID);
	put_group("/machine.slice", "max\n", "104857600\n", "");
	put_group("/machine.slice/web", "max\n", "94371840\n", "");
	CHECK(fits(1 << 20));
	put_group("/machine.slice/web", "104857600\n", "94371840\n", "anon 1\n");
	CHECK(fits(10) && !fits(11));
	/* The group above has less. */
	put_group("/machine.slice", "104857600\n", "99614720\n", "anon 1\n");
	CHECK(fits(5) && !fits(6));
	put_group("/machine.slice", "104857600\n", "104857600\n", "anon 1\n");
	CHECK(fits(0) && !fits(1));
}

static void clean_page_cache_is_room(void)
{
	put_group("/machine.slice", "max\n", "104857600\n", "");
	put_group("/machine.slice/web", "104857600\n", "104857600\n",
		"file 99\ninactive_file 4194304\nactive_file 2097152\nfile_dirty 1048576\n"
		"file_writeback 1048576\nworkingset_activate_file 7\n");
	CHECK(fits(4) && !fits(5));
	/* More than there is. */
	put_group("/machine.slice/web", "104857600\n", "1048576\n", "active_file 104857600\n");
	CHECK(fits(100) && !fits(101));
}

static void version_1_of_control_groups_is_read(void)
{
	tree_put(&tree, "3:cpu,cpuacct:/x\n4:hugetlb,memory:/vm\n0::/machine.slice/web\n",
		"proc/%d/cgroup", PID);
	tree_put(&tree, "10485760\n", "sys/fs/cgroup/memory/vm/memory.limit_in_bytes");
	tree_put(&tree, "9437184\n", "sys/fs/cgroup/memory/vm/memory.usage_in_bytes");
	tree_put(&tree, "inactive_file 99\ntotal_inactive_file 1048576\n",
		"sys/fs/cgroup/memory/vm/memory.stat");
	CHECK(fits(2) && !fits(3));
}

static void what_is_no_number_is_an_error(void)
{
	tree_put(&tree, "many\n", "sys/fs/cgroup/memory/vm/memory.limit_in_bytes");
	CHECK(!strcmp(headroom_group(&tree.root, PID, MIB), "failed"));
}

static void the_machine_must_have_it_too(void)
{
	CHECK(!strcmp(headroom_machine(&tree.root, MIB), "failed"));
	tree_put(&tree, "MemTotal: 9000000 kB\nMemAvailable:    2048 kB\n", "proc/meminfo");
	CHECK(!headroom_machine(&tree.root, 2 * MIB));
	CHECK(!strcmp(headroom_machine(&tree.root, 3 * MIB), "memory"));
}

int main(void)
{
	tree_make(&tree);
	UNIT(without_a_limit_there_is_room);
	UNIT(the_least_of_all_groups_counts);
	UNIT(clean_page_cache_is_room);
	UNIT(version_1_of_control_groups_is_read);
	UNIT(what_is_no_number_is_an_error);
	UNIT(the_machine_must_have_it_too);
	tree_remove(&tree);
	return unit_end();
}
