/* SPDX-License-Identifier: GPL-2.0-or-later */
/* maps: the lines of /proc/PID/maps, those the kernel writes and those it does not. */
#include "maps.h"
#include "tree.h"
#include "unit.h"

#include <inttypes.h>

static struct tree tree;
static struct maps maps;
static struct vma vma;

static const char *parse(const char *line)
{
	unit_row = line;
	memset(&vma, 0xaa, sizeof(vma));
	return maps_parse(line, strlen(line), &vma);
}

static void a_file_mapping_is_read(void)
{
	CHECK_TEXT(parse("55d0a0b2c000-55d0a0b2e000 r-xp 00002000 fe:01 1311 "
			 "                   /usr/bin/a b"),
		NULL);
	CHECK_U64(vma.start, 0x55d0a0b2c000);
	CHECK_U64(vma.end, 0x55d0a0b2e000);
	CHECK(vma.readable && !vma.writable && vma.executable && !vma.shared);
	CHECK_U64(vma.offset, 0x2000);
	CHECK(vma.major == 0xfe && vma.minor == 1);
	CHECK_U64(vma.inode, 1311);
	CHECK_TEXT(vma.path, "/usr/bin/a b");
}

static void other_mappings_are_read(void)
{
	static const struct {
		const char *line;
		uint64_t start, end, inode;
		const char *path;
	} cases[] = {
		{"7ffd1c5e3000-7ffd1c604000 rw-p 00000000 00:00 0                          [stack]",
			0x7ffd1c5e3000, 0x7ffd1c604000, 0, "[stack]"},
		{"7f1b2c000000-7f1b2c021000 rw-p 00000000 00:00 0 ", 0x7f1b2c000000, 0x7f1b2c021000,
			0, ""},
		{"7f1b2c000000-7f1b2c021000 rw-p 00000000 00:00 0", 0x7f1b2c000000, 0x7f1b2c021000,
			0, ""},
		{"00400000-00401000 r--s 00000000 00:01 3072   /memfd:ram (deleted)", 0x400000,
			0x401000, 3072, "/memfd:ram (deleted)"},
		{"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0      [vsyscall]",
			0xffffffffff600000, 0xffffffffff601000, 0, "[vsyscall]"},
		{"0-1 ---p 0 0:0 18446744073709551615 /a\\012b", 0, 1, UINT64_MAX, "/a\\012b"},
		{"fffffffffffffffe-ffffffffffffffff rwxs ffffffffffffffff ffffffff:ffffffff 1 "
		 "/\xff",
			UINT64_MAX - 1, UINT64_MAX, 1, "/\xff"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CHECK_TEXT(parse(cases[i].line), NULL);
		CHECK_U64(vma.start, cases[i].start);
		CHECK_U64(vma.end, cases[i].end);
		CHECK_U64(vma.inode, cases[i].inode);
		CHECK_TEXT(vma.path, cases[i].path);
	}
}

static void each_permission_has_its_letter(void)
{
	for (int bits = 0; bits < 16; bits++) {
		char line[64];

		snprintf(line, sizeof(line), "1000-2000 %c%c%c%c 0 0:0 0", bits & 1 ? 'r' : '-',
			bits & 2 ? 'w' : '-', bits & 4 ? 'x' : '-', bits & 8 ? 's' : 'p');
		CHECK_TEXT(parse(line), NULL);
		CHECK(vma.readable == !!(bits & 1) && vma.writable == !!(bits & 2) &&
			vma.executable == !!(bits & 4) && vma.shared == !!(bits & 8));
	}
}

static void other_lines_have_a_reason(void)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{"", "not an address range"},
		{" 1000-2000 rw-p 0 0:0 0", "not an address range"},
		{"1000", "not an address range"},
		{"1000-", "not an address range"},
		{"1000-2000", "not an address range"},
		{"-2000 rw-p 0 0:0 0", "not an address range"},
		{"0x1000-0x2000 rw-p 0 0:0 0", "not an address range"},
		{"1000-200g rw-p 0 0:0 0", "not an address range"},
		{"ABC-DEF rw-p 0 0:0 0", "not an address range"},
		{"1000-10000000000000000 rw-p 0 0:0 0", "not an address range"},
		{"2000-1000 rw-p 0 0:0 0", "address range is empty"},
		{"1000-1000 rw-p 0 0:0 0", "address range is empty"},
		{"1000-2000 ", "not permissions"},
		{"1000-2000 rw-", "not permissions"},
		{"1000-2000 rw-p", "not permissions"},
		{"1000-2000 rwx- 0 0:0 0", "not permissions"},
		{"1000-2000 wr-p 0 0:0 0", "not permissions"},
		{"1000-2000 RW-P 0 0:0 0", "not permissions"},
		{"1000-2000  rw-p 0 0:0 0", "not permissions"},
		{"1000-2000 rw-p ", "not a file offset"},
		{"1000-2000 rw-p 0", "not a file offset"},
		{"1000-2000 rw-p -1 0:0 0", "not a file offset"},
		{"1000-2000 rw-p 10000000000000000 0:0 0", "not a file offset"},
		{"1000-2000 rw-p 0 ", "not a device number"},
		{"1000-2000 rw-p 0 0", "not a device number"},
		{"1000-2000 rw-p 0 0:", "not a device number"},
		{"1000-2000 rw-p 0 :0 0", "not a device number"},
		{"1000-2000 rw-p 0 0:0", "not a device number"},
		{"1000-2000 rw-p 0 100000000:0 0", "not a device number"},
		{"1000-2000 rw-p 0 0:100000000 0", "not a device number"},
		{"1000-2000 rw-p 0 0:0 ", "not an inode number"},
		{"1000-2000 rw-p 0 0:0 /usr", "not an inode number"},
		{"1000-2000 rw-p 0 0:0 -1", "not an inode number"},
		{"1000-2000 rw-p 0 0:0 18446744073709551616", "not an inode number"},
		{"1000-2000 rw-p 0 0:0 0/usr", "not a path"},
		{"1000-2000 rw-p 0 0:0 12ab /usr", "not a path"},
		{"1000-2000 rw-p 0 0:0 0\t/usr", "not a path"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK_TEXT(parse(cases[i].line), cases[i].why);
}

static void only_digits_are_digits(void)
{
	for (int byte = 1; byte < 256; byte++) {
		char line[64];

		snprintf(line, sizeof(line), "1%c-ff000 rw-p 0 0:0 1 /x", byte);
		CHECK((parse(line) == NULL) == (strchr("0123456789abcdef", byte) != NULL));
		snprintf(line, sizeof(line), "1000-2000 rw-p 0 0:0 1%c /x", byte);
		CHECK((parse(line) == NULL) == (strchr("0123456789 ", byte) != NULL));
	}
}

static void a_path_has_no_nul_and_an_end(void)
{
	char line[PATH_MAX + 128] = "1000-2000 rw-p 0 0:0 1 ";
	size_t start = strlen(line);

	memset(line + start, 'p', sizeof(line) - start);
	CHECK_TEXT(maps_parse(line, start + sizeof(vma.path) - 1, &vma), NULL);
	CHECK_U64(strlen(vma.path), sizeof(vma.path) - 1);
	CHECK_TEXT(maps_parse(line, start + sizeof(vma.path), &vma), NULL);
	CHECK_U64(strlen(vma.path), sizeof(vma.path) - 1);
	line[start + 3] = '\0';
	CHECK_TEXT(maps_parse(line, start + 8, &vma), "not a path");
}

/* --- The file --- */

/* The areas of a file that holds TEXT: their number, or -1 with errno. */
static int count_areas(const char *text)
{
	int n = 0, more;

	tree_put(&tree, text, "proc/12/maps");
	CHECK(maps_open(&maps, &tree.root, 12) == 0);
	errno = 0;
	while ((more = maps_next(&maps, &vma)) > 0)
		n++;
	maps_close(&maps);
	return more < 0 ? -1 : n;
}

static void a_file_is_read_line_by_line(void)
{
	CHECK(count_areas("") == 0);
	CHECK(count_areas("1000-2000 rw-p 0 0:0 0\n") == 1);
	CHECK(count_areas("1000-2000 rw-p 0 0:0 0\n2000-3000 r--p 0 0:0 0 /x\n") == 2);
	CHECK_TEXT(vma.path, "/x");
}

static void a_broken_file_is_ebadmsg(void)
{
	static const char *const texts[] = {"1000-2000 rw-p 0 0:0 0\n2000-3000 r--p 0 0:0 0 /tru",
		"1000-2000", "\n", "1000-2000 rw-p 0 0:0 0\n\n",
		"garbage\n1000-2000 rw-p 0 0:0 0\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		unit_row = texts[i];
		CHECK(count_areas(texts[i]) == -1 && errno == EBADMSG);
	}
}

static void a_line_without_end_is_ebadmsg(void)
{
	static char text[100000];

	memset(text, '1', sizeof(text) - 1);
	CHECK(count_areas(text) == -1 && errno == EBADMSG);
}

/* Lines of every length, so that they end on every side of the buffer's end. */
static void long_files_are_read_whole(void)
{
	static char text[4 << 20];
	char *p = text;
	int lines = 0;

	for (size_t pad = 0; pad < 1500; pad++, lines++)
		p += sprintf(
			p, "%x-%x rw-p 0 0:0 0 /%0*d\n", lines + 1, lines + 2, (int)pad + 1, lines);
	CHECK(count_areas(text) == lines);
	CHECK_U64(vma.end, lines + 1);
}

/* Anyone can map a file below directories so deep that its path fits nowhere. */
static void a_path_of_any_length_is_cut(void)
{
	static const size_t lengths[] = {sizeof(vma.path) - 1, sizeof(vma.path), 8600,
		sizeof(maps.buffer) - 24, sizeof(maps.buffer) - 23, sizeof(maps.buffer) - 22,
		sizeof(maps.buffer), 2 * sizeof(maps.buffer), 100000};
	static char text[100000 + 128];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		char *p = stpcpy(text, "1000-2000 rw-p 0 0:0 0 ");

		memset(p, 'p', lengths[i]);
		strcpy(p + lengths[i], "\n");
		CHECK(count_areas(text) == 1);
		CHECK_U64(strlen(vma.path), sizeof(vma.path) - 1);
		strcpy(p + lengths[i], "\n2000-3000 rw-p 0 0:0 0 /x\n");
		CHECK(count_areas(text) == 2);
		CHECK_TEXT(vma.path, "/x");
		p[lengths[i]] = '\0';
		CHECK(count_areas(text) == -1 && errno == EBADMSG);
	}
}

static void no_such_process_is_enoent(void)
{
	errno = 0;
	CHECK(maps_open(&maps, &tree.root, 13) == -1 && errno == ENOENT);
}

/* What maps_next() says of this program is what the file says, field by field. */
static void the_running_kernel_is_understood(void)
{
	static char text[1 << 20];
	struct root live;
	char *line = text;

	CHECK(root_open(&live, "/") == 0);
	CHECK(maps_open(&maps, &live, getpid()) == 0);
	CHECK(root_read(&live, text, sizeof(text), "proc/self/maps") > 0);
	for (; *line; line = strchr(line, '\n') + 1) {
		char again[PATH_MAX + 256];

		if (maps_next(&maps, &vma) != 1)
			break;

		int n = snprintf(again, sizeof(again),
			"%08" PRIx64 "-%08" PRIx64 " %c%c%c%c %08" PRIx64 " %02x:%02x %" PRIu64 " ",
			vma.start, vma.end, vma.readable ? 'r' : '-', vma.writable ? 'w' : '-',
			vma.executable ? 'x' : '-', vma.shared ? 's' : 'p', vma.offset, vma.major,
			vma.minor, vma.inode);

		CHECK(strncmp(line, again, (size_t)n) == 0);
		CHECK(strncmp(strchr(line, '\n') - strlen(vma.path), vma.path, strlen(vma.path)) ==
			0);
	}
	CHECK(*line == '\0' && maps_next(&maps, &vma) == 0);
	maps_close(&maps);
	root_close(&live);
}

int main(void)
{
	tree_make(&tree);
	UNIT(a_file_mapping_is_read);
	UNIT(other_mappings_are_read);
	UNIT(each_permission_has_its_letter);
	UNIT(other_lines_have_a_reason);
	UNIT(only_digits_are_digits);
	UNIT(a_path_has_no_nul_and_an_end);
	UNIT(a_file_is_read_line_by_line);
	UNIT(a_broken_file_is_ebadmsg);
	UNIT(a_line_without_end_is_ebadmsg);
	UNIT(long_files_are_read_whole);
	UNIT(a_path_of_any_length_is_cut);
	UNIT(no_such_process_is_enoent);
	UNIT(the_running_kernel_is_understood);
	tree_remove(&tree);
	return unit_end();
}
