/* SPDX-License-Identifier: GPL-2.0-or-later */
/* evidence, history: what the kernel counts, and what memscan remembers. */
#include "evidence.h"
#include "history.h"
#include "tree.h"
#include "unit.h"

static struct tree tree;
static struct evidence evidence;

static void the_counters_of_all_nodes_are_added(void)
{
	tree_put(&tree, "MemTotal:  1 kB\nHardwareCorrupted:    12 kB\nX: 1\n", "proc/meminfo");
	tree_put(&tree, "2\n", "sys/devices/system/node/node0/memory_failure/total");
	tree_put(&tree, "5\n", "sys/devices/system/node/node3/memory_failure/total");
	CHECK(evidence_read(&evidence, &tree.root) == 0);
	CHECK(evidence.counted && evidence.known);
	CHECK_U64(evidence.failures, 7);
	CHECK_U64(evidence.corrupted, 3);
}

static void a_kernel_may_count_nothing(void)
{
	struct tree bare;

	tree_make(&bare);
	CHECK(evidence_read(&evidence, &bare.root) == -1 && errno == ENOENT);
	tree_put(&bare, "MemTotal:  1 kB\n", "proc/meminfo");
	CHECK(evidence_read(&evidence, &bare.root) == 0);
	CHECK(!evidence.counted && !evidence.known);
	tree_remove(&bare);
}

static void what_the_kernel_would_not_write_is_refused(void)
{
	tree_put(&tree, "x\n", "sys/devices/system/node/node0/memory_failure/total");
	CHECK(evidence_read(&evidence, &tree.root) == -1 && errno == EBADMSG);
	tree_put(&tree, "2\n", "sys/devices/system/node/node0/memory_failure/total");
	tree_put(&tree, "HardwareCorrupted: many\n", "proc/meminfo");
	CHECK(evidence_read(&evidence, &tree.root) == -1 && errno == EBADMSG);
}

static void hits_explain_as_many(void)
{
	static const struct {
		struct evidence before, after;
		uint64_t hits, unexplained;
	} cases[] = {
		{{true, 3, true, 3}, {true, 3, true, 3}, 0, 0},
		{{true, 3, true, 3}, {true, 5, true, 5}, 2, 0},
		{{true, 3, true, 3}, {true, 5, true, 5}, 1, 1},
		{{true, 3, true, 3}, {true, 3, true, 9}, 0, 0}, /* taken out as a precaution */
		{{true, 3, true, 3}, {true, 4, true, 3}, 2, 0}, /* one page, hit twice */
		{{false, 0, true, 3}, {false, 0, true, 4}, 0, 1},
		{{true, 5, true, 5}, {true, 3, true, 3}, 0, 0}, /* a node went offline */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK_U64(evidence_unexplained(&cases[i].before, &cases[i].after, cases[i].hits),
			cases[i].unexplained);
}

static void an_age_counts_from_the_last_clean_reading(void)
{
	uint64_t age = 0;

	CHECK(!history_age(512, 10, &age));
	CHECK(!history_age(0, 10, &age));
	history_note(512, 10);
	history_note(1024, 20);
	CHECK(history_age(512, 25, &age));
	CHECK_U64(age, 15);
	history_note(512, 30);
	CHECK(history_age(512, 32, &age));
	CHECK_U64(age, 2);
}

static void a_later_page_takes_the_place_of_another(void)
{
	uint64_t age, other = 512 + (UINT64_C(512) * HISTORY_PAGES);

	history_note(512, 10);
	history_note(other, 20);
	CHECK(!history_age(512, 30, &age));
	CHECK(history_age(other, 30, &age));
	CHECK_U64(age, 10);
}

int main(void)
{
	tree_make(&tree);
	UNIT(the_counters_of_all_nodes_are_added);
	UNIT(a_kernel_may_count_nothing);
	UNIT(what_the_kernel_would_not_write_is_refused);
	UNIT(hits_explain_as_many);
	UNIT(an_age_counts_from_the_last_clean_reading);
	UNIT(a_later_page_takes_the_place_of_another);
	tree_remove(&tree);
	return unit_end();
}
