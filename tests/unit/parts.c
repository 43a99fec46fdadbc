/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts: files that are one memory. */
#include "move/parts.h"
#include "page.h"
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct parts parts;

/* A file of PAGES pages, of which those of MAP, one bit each, begin with LETTER and the others are
 * holes. */
static int file(unsigned int pages, unsigned int map, char letter)
{
	int fd = memfd_create("parts", MFD_CLOEXEC);

	CHECK(fd >= 0 && ftruncate(fd, (off_t)pages * PAGE_BYTES) == 0);
	for (unsigned int i = 0; i < pages; i++)
		if (map >> i & 1)
			CHECK(pwrite(fd, &letter, 1, (off_t)i * PAGE_BYTES) == 1);
	return fd;
}

/* Runs of data, as "0+2 5+1 ". */
static const char *data(void)
{
	static char text[256];
	uint64_t first = 0, n = 0;
	size_t len = 0;

	text[0] = '\0';
	while (parts_next_data(&parts, &first, &n) > 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u+%u ",
			(unsigned int)first, (unsigned int)n);
	return text;
}

/* The first byte of each page, of which there are PAGES, as it is mapped; a hole is a dot. */
static const char *mapped(unsigned int pages)
{
	static char text[64];
	const char *memory = parts_map(&parts, PROT_READ | PROT_WRITE);

	CHECK(memory && pages < sizeof(text));
	for (unsigned int i = 0; memory && i < pages; i++)
		text[i] = memory[i * PAGE_BYTES] ? memory[i * PAGE_BYTES] : '.';
	text[pages] = '\0';
	munmap((void *)(uintptr_t)memory, pages * PAGE_BYTES);
	return text;
}

/* Eight pages: four of a file, two of another, and the last two of the first. */
static void open_three(void)
{
	int a = file(8, 0xcb, 'a'); /* 11001011 */

	parts = (struct parts){0};
	CHECK(parts_add(&parts, a, 0, 4) == 0);
	CHECK(parts_add(&parts, file(2, 2, 'b'), 0, 2) == 0);
	CHECK(parts_add(&parts, a, 6 * PAGE_BYTES, 2) == 0);
}

static void each_page_is_that_of_its_file(void)
{
	open_three();
	CHECK_TEXT(data(), "0+2 3+1 5+1 6+2 ");
	CHECK_TEXT(mapped(8), "aa.a.baa");
	CHECK_U64(parts_at(&parts, 3)->first, 0);
	CHECK_U64(parts_at(&parts, 4)->first, 4);
	CHECK_U64(parts_at(&parts, 7)->first, 6);
	CHECK(!parts.has_huge && !part_is_huge(parts_at(&parts, 0)));
	parts_close(&parts);
}

static void holes_are_made_across_files(void)
{
	open_three();
	CHECK(parts_punch(&parts, NULL, 3, 4) == 0);
	CHECK_TEXT(data(), "0+2 7+1 ");
	CHECK_TEXT(mapped(8), "aa.....a");
	parts_close(&parts);
}

/*
 * Of huge pages of four pages each, those that are emptied in part are cleared by hand: kernels
 * before Linux 6.0 would leave them.  The file is none of hugetlbfs, and what is cleared is not its
 * memory, so that it can be seen.
 */
static void parts_of_huge_pages_are_cleared(void)
{
	static const struct {
		unsigned int first, n;
		const char *left;
	} rows[] = {
		{4, 4, "xxxxxxxxxxxx"}, /* the kernel's work */
		{0, 2, "..xxxxxxxxxx"},
		{1, 2, "x..xxxxxxxxx"},
		{2, 2, "xx..xxxxxxxx"},
		{2, 8, "xx..xxxx..xx"},
		{4, 5, "xxxxxxxx.xxx"},
		{7, 1, "xxxxxxx.xxxx"},
		{3, 2, "xxx..xxxxxxx"},
	};
	static _Alignas(PAGE_BYTES) char memory[12 * PAGE_BYTES];
	char left[13] = "";

	parts = (struct parts){0};
	CHECK(parts_add(&parts, file(12, 0, 'a'), 0, 12) == 0);
	parts.part[0].page_size = 4 * PAGE_BYTES;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unit_row = rows[i].left;
		memset(memory, 'x', sizeof(memory));
		CHECK(parts_punch(&parts, memory, rows[i].first, rows[i].n) == 0);
		for (unsigned int page = 0; page < 12; page++)
			left[page] = memory[page * PAGE_BYTES] ? 'x' : '.';
		CHECK_TEXT(left, rows[i].left);
	}
	parts_close(&parts);
}

/* Two small pages, and two of four pages each that pass for huge ones. */
static void missing_small_pages_are_holes_and_huge_ones_stay(void)
{
	char *memory;
	uint64_t n;

	parts = (struct parts){0};
	CHECK(parts_add(&parts, file(2, 3, 'a'), 0, 2) == 0);
	CHECK(parts_add(&parts, file(8, 0xff, 'b'), 0, 8) == 0);
	parts.part[1].page_size = 4 * PAGE_BYTES;
	CHECK_U64(part_unit(&parts.part[0], 1, &n), 1);
	CHECK_U64(n, 1);
	CHECK_U64(part_unit(&parts.part[1], 2, &n), 2);
	CHECK_U64(part_unit(&parts.part[1], 5, &n), 2);
	CHECK_U64(part_unit(&parts.part[1], 6, &n), 6);
	CHECK_U64(n, 4);
	memory = parts_map(&parts, PROT_READ | PROT_WRITE);
	CHECK(memory && parts_miss(&parts, memory, 1, 3) == 0);
	munmap(memory, 10 * PAGE_BYTES);
	CHECK_TEXT(mapped(10), "a.bbbbbbbb");
	parts_close(&parts);
}

static void content_goes_to_the_file_of_each_page(void)
{
	static char content[4][PAGE_BYTES] = {"w", "x", "y", "z"};

	open_three();
	CHECK(parts_write(&parts, NULL, 3, 4, content) == 0);
	CHECK_TEXT(data(), "0+2 3+1 4+2 6+2 ");
	CHECK_TEXT(mapped(8), "aa.wxyza");
	parts_close(&parts);
}

static void pages_are_replaced_wherever_they_are(void)
{
	static const struct {
		unsigned int first, pages, parts;
		const char *mapped;
	} rows[] = {
		{0, 2, 4, "cc.a.baa"}, /* the begin of a part, */
		{1, 2, 5, "acca.baa"}, /* its midst, */
		{2, 2, 4, "aacc.baa"}, /* its end, */
		{4, 2, 3, "aa.accaa"}, /* and all of it */
		{6, 2, 3, "aa.a.bcc"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unit_row = rows[i].mapped;
		open_three();
		CHECK(parts_replace(&parts, rows[i].first, rows[i].pages,
			      file(rows[i].pages, 3, 'c')) == 0);
		CHECK_U64(parts.n, rows[i].parts);
		CHECK_TEXT(mapped(8), rows[i].mapped);
		parts_close(&parts);
	}
}

/* The second part is a pipe, in which there are no places to look for. */
static void where_holes_cannot_be_told_there_are_none(void)
{
	uint64_t first = 0, n = 0;
	int pipe_fds[2];

	CHECK(pipe(pipe_fds) == 0);
	parts = (struct parts){0};
	CHECK(parts_add(&parts, file(2, 1, 'a'), 0, 2) == 0);
	CHECK(parts_add(&parts, pipe_fds[0], 0, 2) == 0);
	CHECK(parts_next_data(&parts, &first, &n) == 1 && first == 0 && n == 1);
	CHECK(parts_next_data(&parts, &first, &n) == -1 && errno == ESPIPE);
	parts_close(&parts);
	close(pipe_fds[1]);
}

int main(void)
{
	UNIT(each_page_is_that_of_its_file);
	UNIT(holes_are_made_across_files);
	UNIT(parts_of_huge_pages_are_cleared);
	UNIT(missing_small_pages_are_holes_and_huge_ones_stay);
	UNIT(content_goes_to_the_file_of_each_page);
	UNIT(pages_are_replaced_wherever_they_are);
	UNIT(where_holes_cannot_be_told_there_are_none);
	return unit_end();
}
