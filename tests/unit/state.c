/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state: what is remembered, and what is not believed. */
#include "state.h"
#include "history.h"
#include "tree.h"
#include "unit.h"

#include <sys/mman.h>

static struct tree tree;
static struct state_now now;
static uint64_t line;
static bool is_stale;

static const char *read_text(const char *text)
{
	int fd = memfd_create("state", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		tree_fail("memfd");
	lseek(fd, 0, SEEK_SET);

	const char *why = state_read(fd, &now, &line, &is_stale);

	close(fd);
	return why;
}

static void what_is_saved_is_loaded(void)
{
	char path[64], other[80];
	uint64_t age;

	snprintf(path, sizeof(path), "%s/state", tree.dir);
	snprintf(other, sizeof(other), "%s.new", path);
	CHECK_TEXT(state_load(path, &now, &line, &is_stale), NULL); /* not there yet */
	history_note(512, 100);
	tree_put(&tree, "of one that was killed", "state.new");
	CHECK(state_save(path, &now) == 0);
	CHECK(access(other, F_OK) != 0);
	history_note(512, 0);
	CHECK_TEXT(state_load(path, &now, &line, &is_stale), NULL);
	CHECK(history_age(512, 150, &age));
	CHECK_U64(age, 50);
}

static void what_others_may_have_written_is_not_believed(void)
{
	char path[64], other[80];

	snprintf(path, sizeof(path), "%s/state", tree.dir);
	snprintf(other, sizeof(other), "%s/link", tree.dir);
	chmod(path, 0620);
	CHECK_TEXT(state_load(path, &now, &line, &is_stale), "others may write to it");
	chmod(path, 0602);
	CHECK_TEXT(state_load(path, &now, &line, &is_stale), "others may write to it");
	chmod(path, 0600);
	CHECK(symlink(path, other) == 0);
	CHECK_TEXT(state_load(other, &now, &line, &is_stale), strerror(ELOOP));
	CHECK(unlink(other) == 0 && mkfifo(other, 0600) == 0);
	CHECK_TEXT(state_load(other, &now, &line, &is_stale), "not a regular file");
	CHECK_TEXT(state_load(tree.dir, &now, &line, &is_stale), "not a regular file");
}

#define HEAD "#rec 1\nhistory src=memscan boot=this\n"
#define PAGE "clean addr=0x0000000000200000 "
#define END  "done src=memscan\n"

static void what_memscan_does_not_write_is_refused(void)
{
	static const struct {
		const char *text;
		uint64_t line;
		const char *why;
	} rows[] = {
		{HEAD PAGE "mono_ns=1000\n" END, 4, NULL},
		{HEAD END, 3, NULL},
		{"", 0, "ends before its done record"},
		{HEAD PAGE "mono_ns=1\n", 0, "ends before its done record"},
		{HEAD "done src=mem", 3, "cut short"},
		{HEAD END END, 4, "something behind the end"},
		{END, 1, "not a state file"},
		{"history src=memscan\n" END, 1, "not a state file"},
		{"#rec 2\n" END, 1, "another version"},
		{HEAD "page addr=0x0000000000200000\n", 3, "neither clean nor done"},
		{HEAD PAGE "mono_ns=1001\n", 3, "a time that has not come yet"},
		{HEAD PAGE "\n", 3, "blank where a key should be"},
		{HEAD "clean addr=0x0000000000200000\n", 3, "no addr or no mono_ns"},
		{HEAD "clean addr=2097152 mono_ns=1\n", 3, "no addr or no mono_ns"},
		{HEAD "clean addr=0x0000000000201000 mono_ns=1\n", 3,
			"not the address of a huge page"},
		{HEAD "clean addr=0x0000000000000000 mono_ns=1\n", 3,
			"not the address of a huge page"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unit_row = rows[i].text;
		CHECK_TEXT(read_text(rows[i].text), rows[i].why);
		CHECK_U64(line, rows[i].line);
		CHECK(!is_stale);
	}
}

static void another_boot_is_forgotten(void)
{
	uint64_t age;

	CHECK_TEXT(read_text("#rec 1\nhistory src=memscan boot=other\n"
			     "clean addr=0x0000000000800000 mono_ns=99999\n" END),
		NULL);
	CHECK(is_stale);
	CHECK(!history_age(0x800, 1000, &age));
}

static void a_moment_has_the_identifier_of_the_boot(void)
{
	struct state_now moment;

	CHECK(state_now(&moment, &tree.root) == -1 && errno == ENOENT);
	tree_put(&tree, "82eab938-e797\n", "proc/sys/kernel/random/boot_id");
	CHECK(state_now(&moment, &tree.root) == 0);
	CHECK_TEXT(moment.boot, "82eab938-e797");
}

int main(void)
{
	tree_make(&tree);
	now = (struct state_now){"this", 1000};
	UNIT(what_is_saved_is_loaded);
	UNIT(what_others_may_have_written_is_not_believed);
	UNIT(what_memscan_does_not_write_is_refused);
	UNIT(another_boot_is_forgotten);
	UNIT(a_moment_has_the_identifier_of_the_boot);
	tree_remove(&tree);
	return unit_end();
}
