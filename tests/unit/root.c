/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root: files below a root that moves, and the ways out of it. */
#include "root.h"
#include "tree.h"
#include "unit.h"

static struct tree tree;

static void a_file_is_read_whole(void)
{
	char text[64];

	tree_put(&tree, "one\ntwo\n", "proc/%d/%s", 12, "maps");
	CHECK(root_read(&tree.root, text, sizeof(text), "proc/%d/maps", 12) == 8);
	CHECK_TEXT(text, "one\ntwo\n");
	tree_put(&tree, "", "empty");
	CHECK(root_read(&tree.root, text, sizeof(text), "empty") == 0);
	CHECK_TEXT(text, "");
}

/* st_size of a file in /proc is 0. */
static void a_file_without_a_size_is_read_whole(void)
{
	static char text[65536];
	struct root live;

	CHECK(root_open(&live, "/") == 0 && !live.captured);
	CHECK(root_read(&live, text, sizeof(text), "proc/self/status") > 100);
	CHECK(strstr(text, "VmRSS:") != NULL);
	root_close(&live);
	CHECK(live.fd == -1);
}

static void a_file_that_does_not_fit_is_efbig(void)
{
	char text[9];

	tree_put(&tree, "12345678", "f");
	CHECK(root_read(&tree.root, text, 9, "f") == 8);
	CHECK_TEXT(text, "12345678");
	errno = 0;
	CHECK(root_read(&tree.root, text, 8, "f") == -1 && errno == EFBIG);
	errno = 0;
	CHECK(root_read(&tree.root, text, 1, "f") == -1 && errno == EFBIG);
}

static void what_is_not_there_has_its_errno(void)
{
	char text[16], name[PATH_MAX + 1];
	uint64_t number = 4711;

	tree_put(&tree, "x", "file");
	tree_put_dir(&tree, "directory");
	errno = 0;
	CHECK(root_read(&tree.root, text, sizeof(text), "no/file") == -1 && errno == ENOENT);
	errno = 0;
	CHECK(root_read_u64(&tree.root, 10, &number, "no/file") == -1 && errno == ENOENT);
	errno = 0;
	CHECK(root_openat(&tree.root, O_RDONLY, "nothing") == -1 && errno == ENOENT);
	errno = 0;
	CHECK(root_opendir(&tree.root, "nothing") == NULL && errno == ENOENT);
	errno = 0;
	CHECK(root_opendir(&tree.root, "file") == NULL && errno == ENOTDIR);
	errno = 0;
	CHECK(root_read(&tree.root, text, sizeof(text), "file/below") == -1 && errno == ENOTDIR);
	errno = 0;
	CHECK(root_read(&tree.root, text, sizeof(text), "directory") == -1 && errno == EISDIR);
	memset(name, 'n', PATH_MAX);
	name[PATH_MAX] = '\0';
	errno = 0;
	CHECK(root_openat(&tree.root, O_RDONLY, "%s", name) == -1 && errno == ENAMETOOLONG);
	CHECK_U64(number, 4711);
}

static void a_root_must_be_a_directory(void)
{
	struct root root;
	char name[64];

	tree_put(&tree, "x", "file");
	snprintf(name, sizeof(name), "%s/file", tree.dir);
	errno = 0;
	CHECK(root_open(&root, name) == -1 && errno == ENOTDIR);
	snprintf(name, sizeof(name), "%s/none", tree.dir);
	errno = 0;
	CHECK(root_open(&root, name) == -1 && errno == ENOENT);
	CHECK(root_open(&root, NULL) == 0 && !root.captured);
	root_close(&root);
	CHECK(root_open(&root, tree.dir) == 0 && root.captured);
	root_close(&root);
}

static void files_are_opened_as_asked(void)
{
	char text[16];

	tree_put(&tree, "old", "state");

	int fd = root_openat(&tree.root, O_WRONLY, "state");

	CHECK(fd >= 0 && fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK(write(fd, "new", 3) == 3);
	close(fd);
	CHECK(root_read(&tree.root, text, sizeof(text), "state") == 3);
	CHECK_TEXT(text, "new");
}

static void directories_are_listed(void)
{
	struct dirent *entry;
	int found = 0;

	tree_put(&tree, "", "list/a");
	tree_put(&tree, "", "list/b");

	DIR *dir = root_opendir(&tree.root, "%s", "list");

	while ((entry = readdir(dir)))
		if (!strcmp(entry->d_name, "a") || !strcmp(entry->d_name, "b"))
			found++;
	closedir(dir);
	CHECK(found == 2);
}

/* Whatever a captured link says, it leads to a file of the capture or to none. */
static void no_link_leads_out_of_a_captured_tree(void)
{
	static const char *const targets[] = {"/etc/passwd", "../../../../../../../etc/passwd",
		"../etc/passwd", "/proc/self/root/etc/passwd", "/../etc/passwd"};
	char text[65536], name[64];

	tree_put(&tree, "captured\n", "etc/passwd");
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		unit_row = targets[i];
		snprintf(name, sizeof(name), "sys/link%zu", i);
		tree_put_link(&tree, targets[i], "%s", name);
		errno = 0;

		ssize_t n = root_read(&tree.root, text, sizeof(text), "%s", name);

		if (strstr(targets[i], "/proc/"))
			CHECK(n == -1 && errno == ENOENT);
		else
			CHECK(n == 9 && !strcmp(text, "captured\n"));
	}
	unit_row = "paths of callers";
	CHECK(root_read(&tree.root, text, sizeof(text), "../../../etc/passwd") == 9);
	CHECK(root_read(&tree.root, text, sizeof(text), "/etc/passwd") == 9);
	tree_put_link(&tree, "/etc", "sys/dir");
	CHECK(root_read(&tree.root, text, sizeof(text), "sys/dir/passwd") == 9);

	DIR *dir = root_opendir(&tree.root, "sys/dir");

	CHECK(dir != NULL);
	closedir(dir);
	tree_put_link(&tree, "/etc/shadow", "sys/none");
	errno = 0;
	CHECK(root_read(&tree.root, text, sizeof(text), "sys/none") == -1 && errno == ENOENT);
}

static void a_number_fills_its_file(void)
{
	static const struct {
		const char *text;
		int base;
		int error;
		uint64_t number;
	} cases[] = {
		{"4096\n", 10, 0, 4096},
		{"4096", 10, 0, 4096},
		{"0\n", 10, 0, 0},
		{"0012\n", 10, 0, 12},
		{"1 \n", 10, 0, 1},
		{"8000000\n", 16, 0, 0x8000000},
		{"fedcba9876543210\n", 16, 0, 0xfedcba9876543210},
		{"ffffffffffffffff\n", 16, 0, UINT64_MAX},
		{"18446744073709551615\n", 10, 0, UINT64_MAX},
		{"18446744073709551616\n", 10, EBADMSG, 0},
		{"10000000000000000\n", 16, EBADMSG, 0},
		{"", 10, EBADMSG, 0},
		{"\n", 10, EBADMSG, 0},
		{" 1\n", 10, EBADMSG, 0},
		{"1 2\n", 10, EBADMSG, 0},
		{"1\n2\n", 10, EBADMSG, 0},
		{"1\t\n", 10, EBADMSG, 0},
		{"-1\n", 10, EBADMSG, 0},
		{"+1\n", 10, EBADMSG, 0},
		{"1a\n", 10, EBADMSG, 0},
		{"0x10\n", 16, EBADMSG, 0},
		{"A\n", 16, EBADMSG, 0},
		{"g\n", 16, EBADMSG, 0},
		{"\xff\n", 16, EBADMSG, 0},
		{"<unavailable>\n", 16, EBADMSG, 0},
		{"000000000000000000000000000000000000000000000000000000000000001", 10, 0, 1},
		{"0000000000000000000000000000000000000000000000000000000000000001", 10, EBADMSG,
			0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t number = 4711;

		unit_row = cases[i].text;
		tree_put(&tree, cases[i].text, "number");
		errno = 0;

		int result = root_read_u64(&tree.root, cases[i].base, &number, "number");

		CHECK(result == (cases[i].error ? -1 : 0));
		CHECK_U64(errno, cases[i].error);
		CHECK_U64(number, cases[i].error ? 4711 : cases[i].number);
	}
}

/* Of all bytes, only these are digits. */
static void a_number_knows_its_digits(void)
{
	for (int byte = 1; byte < 256; byte++) {
		const char text[] = {'1', (char)byte, '1', '\n', '\0'};
		uint64_t number;

		unit_row = text;
		tree_put(&tree, text, "number");
		for (int base = 10; base <= 16; base += 6) {
			const char *digits = base == 10 ? "0123456789" : "0123456789abcdef";
			int result = root_read_u64(&tree.root, base, &number, "number");

			CHECK((result == 0) == (strchr(digits, byte) != NULL));
			if (result == 0)
				CHECK_U64(number, strtoull(text, NULL, base));
		}
	}
	tree_put_bytes(&tree, "1\0\n", 3, "number");

	uint64_t number;

	CHECK(root_read_u64(&tree.root, 10, &number, "number") == -1);
}

static void read_at_stops_at_the_end_of_the_file(void)
{
	char text[8] = "";

	tree_put(&tree, "0123456789", "ten");

	int fd = root_openat(&tree.root, O_RDONLY, "ten");

	CHECK(read_at(fd, text, 4, 2) == 4 && memcmp(text, "2345", 4) == 0);
	CHECK(read_at(fd, text, 4, 8) == 2 && memcmp(text, "89", 2) == 0);
	CHECK(read_at(fd, text, 4, 10) == 0);
	CHECK(read_at(fd, text, 4, 4096) == 0);
	CHECK(read_at(fd, text, 0, 0) == 0);
	errno = 0;
	CHECK(read_at(fd, text, 4, -1) == -1 && errno == EINVAL);
	close(fd);
	errno = 0;
	CHECK(read_at(fd, text, 4, 0) == -1 && errno == EBADF);
}

static void controls_are_written(void)
{
	char text[16];

	tree_put(&tree, "online and more\n", "control");
	CHECK(root_write(&tree.root, "off\n", "con%s", "trol") == 0);
	CHECK(root_read(&tree.root, text, sizeof(text), "control") == 4);
	CHECK_TEXT(text, "off\n");
	CHECK(root_write(&tree.root, "off\n", "no/control") == -1 && errno == ENOENT);
	tree_put_dir(&tree, "directory");
	CHECK(root_write(&tree.root, "off\n", "directory") == -1 && errno == EISDIR);
}

int main(void)
{
	tree_make(&tree);
	UNIT(a_file_is_read_whole);
	UNIT(a_file_without_a_size_is_read_whole);
	UNIT(a_file_that_does_not_fit_is_efbig);
	UNIT(what_is_not_there_has_its_errno);
	UNIT(a_root_must_be_a_directory);
	UNIT(files_are_opened_as_asked);
	UNIT(directories_are_listed);
	UNIT(no_link_leads_out_of_a_captured_tree);
	UNIT(a_number_fills_its_file);
	UNIT(a_number_knows_its_digits);
	UNIT(controls_are_written);
	UNIT(read_at_stops_at_the_end_of_the_file);
	tree_remove(&tree);
	return unit_end();
}
