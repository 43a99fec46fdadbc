/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process: when a process began, its early-kill policy, and lists of numbers. */
#include "process.h"
#include "tree.h"
#include "unit.h"

static struct tree tree;

/* A stat file with flags (field 9) and start (field 22); the name holds what could mislead. */
static void put_stat(const char *path, const char *flags, const char *start)
{
	char text[256];

	snprintf(text, sizeof(text), "7 (a) b (c) S 1 7 7 0 -1 %s 1 2 3 4 5 6 7 8 20 0 1 0 %s 9\n",
		flags, start);
	tree_put(&tree, text, "%s", path);
}

static void the_start_is_read_behind_any_name(void)
{
	uint64_t start;

	put_stat("proc/7/stat", "4194560", "12345");
	CHECK(process_start(&tree.root, 7, &start) == 0);
	CHECK_U64(start, 12345);
	CHECK(process_is(&tree.root, 7, 12345));
	CHECK(!process_is(&tree.root, 7, 12346));
	CHECK(!process_is(&tree.root, 8, 12345));
}

static void what_has_no_memory_any_more_is_not_that_process(void)
{
	tree_put(&tree, "6 (z) Z 1 6 6 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 55 0\n", "proc/6/stat");
	CHECK(!process_is(&tree.root, 6, 55));
	tree_put(&tree, "6 (z) S 1 6 6 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 55 4096\n", "proc/6/stat");
	CHECK(process_is(&tree.root, 6, 55));
}

static void what_is_no_stat_file_is_refused(void)
{
	static const char *const texts[] = {"", "7 a S", "7 (a) S 1 2 3\n", "7 (a",
		"7 (a) S 1 7 7 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 -5 9\n"};
	uint64_t start;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		unit_row = texts[i];
		tree_put(&tree, texts[i], "proc/9/stat");
		errno = 0;
		CHECK(process_start(&tree.root, 9, &start) == -1 && errno == EBADMSG);
	}
}

static void the_state_of_a_thread_is_its_letter(void)
{
	tree_put(&tree, "8 (a) T) t 1 7\n", "proc/7/task/8/stat");
	CHECK(process_thread_state(&tree.root, 7, 8) == 't');
	tree_put(&tree, "8 (a", "proc/7/task/8/stat");
	errno = 0;
	CHECK(process_thread_state(&tree.root, 7, 8) == -1 && errno == EBADMSG);
	errno = 0;
	CHECK(process_thread_state(&tree.root, 7, 9) == -1 && errno == ENOENT);
}

static void a_number_of_the_status_is_behind_its_whole_key(void)
{
	uint64_t n;

	tree_put(&tree, "Name:\tPid:9\nTracerPid:\t12\nSigPnd:\t0000000000000a00\n",
		"proc/7/task/8/status");
	CHECK(process_status_u64(&tree.root, 7, 8, "TracerPid", 10, &n) == 0);
	CHECK_U64(n, 12);
	CHECK(process_status_u64(&tree.root, 7, 8, "SigPnd", 16, &n) == 0);
	CHECK_U64(n, 0xa00);
	errno = 0;
	CHECK(process_status_u64(&tree.root, 7, 8, "Pid", 10, &n) == -1 && errno == ENOENT);
}

static void a_thread_with_the_early_policy_is_enough(void)
{
	tree_put(&tree, "0\n", "proc/sys/vm/memory_failure_early_kill");
	put_stat("proc/7/task/7/stat", "4194560", "1");
	put_stat("proc/7/task/8/stat", "4194560", "1");
	CHECK(process_early_kill(&tree.root, 7) == 0);
	put_stat("proc/7/task/8/stat", "138412416", "1"); /* 0x08400180 */
	CHECK(process_early_kill(&tree.root, 7) == 1);
}

static void without_a_policy_the_default_counts(void)
{
	tree_put(&tree, "1\n", "proc/sys/vm/memory_failure_early_kill");
	put_stat("proc/7/task/7/stat", "4194560", "1");
	put_stat("proc/7/task/8/stat", "4194432", "1"); /* PF_MCE_PROCESS: late */
	CHECK(process_early_kill(&tree.root, 7) == 1);
	put_stat("proc/7/task/7/stat", "4194432", "1");
	CHECK(process_early_kill(&tree.root, 7) == 0);
	CHECK(process_early_kill(&tree.root, 70) == -1);
}

static void a_list_holds_the_numbers_only(void)
{
	struct process_list list;
	unsigned int number, sum = 0, count = 0;

	for (unsigned int i = 1; i <= 300; i++)
		tree_put(&tree, "", "many/%u", i);
	tree_put(&tree, "", "many/self");
	tree_put(&tree, "", "many/12x");
	CHECK(process_list_open(&list, &tree.root, "many") == 0);
	while (process_list_next(&list, &number) > 0) {
		count++;
		sum += number;
	}
	process_list_close(&list);
	CHECK_U64(count, 300);
	CHECK_U64(sum, 300 * 301 / 2);
	CHECK(process_list_open(&list, &tree.root, "none") == -1);
}

static void a_link_is_read_and_not_followed(void)
{
	char out[16];

	tree_put_link(&tree, "/usr/bin/none", "proc/7/exe");
	CHECK(process_link(&tree.root, out, sizeof(out), "proc/7/exe") == 13);
	CHECK_TEXT(out, "/usr/bin/none");
	CHECK(process_link(&tree.root, out, 5, "proc/7/exe") == 4);
	CHECK_TEXT(out, "/usr");
	CHECK(process_link(&tree.root, out, sizeof(out), "proc/7/stat") == -1);
}

int main(void)
{
	tree_make(&tree);
	UNIT(the_start_is_read_behind_any_name);
	UNIT(what_has_no_memory_any_more_is_not_that_process);
	UNIT(what_is_no_stat_file_is_refused);
	UNIT(the_state_of_a_thread_is_its_letter);
	UNIT(a_number_of_the_status_is_behind_its_whole_key);
	UNIT(a_thread_with_the_early_policy_is_enough);
	UNIT(without_a_policy_the_default_counts);
	UNIT(a_list_holds_the_numbers_only);
	UNIT(a_link_is_read_and_not_followed);
	tree_remove(&tree);
	return unit_end();
}
