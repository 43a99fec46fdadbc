/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core.h"
#include "crafted_core.h"
#include "unit.h"

static struct crafted_core crafted;
static char text[4096]; /* what was found */

static void put_range(void *context, const struct core_range *range)
{
	static const char *const kinds[] = {[CORE_POISONED] = "poisoned",
		[CORE_OFFLINE] = "offline",
		[CORE_UNREADABLE] = "lost"};
	size_t len = strlen(text);

	(void)context;
	snprintf(text + len, sizeof(text) - len, "%s%s%s %jx+%jx", len ? ", " : "",
		range->hugetlb ? "huge " : "", kinds[range->kind], (uintmax_t)range->start,
		(uintmax_t)range->size);
}

/* What is found in the file FD, or the reason why nothing is; FD is closed. */
static const char *walk_file(int fd)
{
	static const char *const failures[] = {[CORE_COMPRESSED] = "compressed",
		[CORE_FOREIGN] = "foreign",
		[CORE_CUT] = "cut",
		[CORE_MALFORMED] = "malformed",
		[CORE_NO_INFO] = "no info",
		[CORE_SYSTEM] = "system"};
	struct core core;
	const char *lacks = NULL;
	enum core_failure failure = core_open(&core, fd, &lacks);

	*text = '\0';
	if (failure == CORE_OK) {
		size_t len;
		uint64_t scanned = core_walk(&core, put_range, NULL);

		len = strlen(text);
		snprintf(text + len, sizeof(text) - len, "; %ju", (uintmax_t)scanned >> 20);
		core_close(&core);
	}
	close(fd);
	return failure == CORE_OK ? text : failure == CORE_INFO_LACKS ? lacks : failures[failure];
}

static const char *walk(void)
{
	return walk_file(crafted_write(&crafted));
}

static void poison_some(void)
{
	crafted_poison(&crafted, 0x1000); /* the first page of memory */
	crafted_poison(&crafted, 0x1234);
	crafted_poison(&crafted, 0x1235);
	crafted_poison(&crafted, 0x2fff); /* and the last */
}

#define SOME                                                                             \
	"poisoned 1000000+1000, poisoned 1234000+1000, poisoned 1235000+1000, poisoned " \
	"2fff000+1000"

static void page_tables_of_four_and_five_levels(void)
{
	for (int levels = 4; levels <= 5; levels++) {
		crafted_make(&crafted, levels, 0);
		poison_some();
		CHECK_TEXT(walk(), SOME "; 32");
	}
}

static void bits_of_memory_encryption_are_no_address(void)
{
	crafted_make(&crafted, 4, UINT64_C(1) << 47);
	poison_some();
	CHECK_TEXT(walk(), SOME "; 32");
}

static void no_poison_is_an_answer(void)
{
	crafted_make(&crafted, 4, 0);
	CHECK_TEXT(walk(), "; 32");
}

static void a_hugetlb_page_is_one(void)
{
	crafted_make(&crafted, 4, 0);
	crafted_compound(&crafted, 0x1400, 512, CRAFTED_HUGETLB);
	crafted_compound(&crafted, 0x1600, 512, CRAFTED_HUGETLB);
	crafted_compound(&crafted, 0x1800, 512, 0);
	crafted_poison(&crafted, 0x1400);
	crafted_poison(&crafted, 0x1600);
	crafted_poison(&crafted, 0x1800); /* of another huge page only this one */
	crafted_poison(&crafted, 0x1803);
	CHECK_TEXT(walk(), "huge poisoned 1400000+200000, huge poisoned 1600000+200000, "
			   "poisoned 1800000+1000, poisoned 1803000+1000; 32");
}

static void a_page_that_was_never_made_ready_is_not_poisoned(void)
{
	crafted_make(&crafted, 4, 0);
	crafted_put(crafted_page(&crafted, 0x1500), UINT64_MAX);
	CHECK_TEXT(walk(), "; 32");
}

/* --- Memory that cannot be told of --- */

static void an_offline_section_hides_its_pages(void)
{
	crafted_make(&crafted, 4, 0);
	poison_some();
	crafted_put(crafted_section(&crafted, 1), CRAFTED_VMEMMAP | 0x3);
	CHECK_TEXT(walk(), "offline 1000000+1000000, poisoned 2fff000+1000; 16");
}

static void memory_without_a_section_is_none(void)
{
	crafted_make(&crafted, 4, 0);
	poison_some();
	crafted_put(crafted_section(&crafted, 2), 0);
	CHECK_TEXT(
		walk(), "poisoned 1000000+1000, poisoned 1234000+1000, poisoned 1235000+1000; 16");
}

static void struct_pages_that_are_not_there_are_lost(void)
{
	crafted_make(&crafted, 4, 0);
	poison_some();
	crafted_put(crafted_section(&crafted, 2), UINT64_C(0xffffea1000000000) | 0x7);
	CHECK_TEXT(walk(), "poisoned 1000000+1000, poisoned 1234000+1000, poisoned 1235000+1000, "
			   "lost 2000000+1000000; 16");
}

/* As makedumpfile does with pages of zeros. */
static void what_is_described_but_not_held_is_zero(void)
{
	crafted_make(&crafted, 4, 0);
	poison_some();
	/* Page tables and sections are before, struct pages of the second section behind. */
	crafted.segment[1].p_filesz = CRAFTED_PAGES + 0x2000 * 64 - CRAFTED_START;
	CHECK_TEXT(
		walk(), "poisoned 1000000+1000, poisoned 1234000+1000, poisoned 1235000+1000; 32");
}

/* What nobody described is not zero. */
static void what_is_not_described_is_lost(void)
{
	crafted_make(&crafted, 4, 0);
	poison_some();
	crafted.segment[1].p_filesz = CRAFTED_PAGES + 0x2000 * 64 - CRAFTED_START;
	crafted.segment[1].p_memsz = crafted.segment[1].p_filesz;
	CHECK_TEXT(walk(), "poisoned 1000000+1000, poisoned 1234000+1000, poisoned 1235000+1000, "
			   "lost 2000000+1000000; 16");
}

/* Poisoned pages are left out of cores, and memory with it that nobody wanted. */
static void the_poisoned_pages_themselves_need_not_be_there(void)
{
	crafted_make(&crafted, 4, 0);
	poison_some();
	crafted.segment[1].p_filesz = CRAFTED_PAGES + 0x3000 * 64 - CRAFTED_START;
	crafted.segment[1].p_memsz = crafted.segment[1].p_filesz;
	CHECK_TEXT(walk(), SOME "; 32");
}

static void memory_of_devices_is_left_out(void)
{
	crafted_make(&crafted, 4, 0);
	poison_some();
	crafted_put(crafted_section(&crafted, 1), CRAFTED_VMEMMAP | 0x13);
	CHECK_TEXT(walk(), "poisoned 2fff000+1000; 16");
}

static void roots_that_are_not_there_are_lost(void)
{
	crafted_make(&crafted, 4, 0);
	crafted_put(crafted_at(&crafted, CRAFTED_SECTIONS), CRAFTED_DIRECT + (UINT64_C(1) << 40));
	CHECK_TEXT(walk(), "lost 0+80000000; 0");
}

/* As in /proc/vmcore: the kernel's image once more, and memory in two pieces, not in order. */
static void segments_are_sorted_and_copies_dropped(void)
{
	Elf64_Phdr *segment = crafted.segment;

	crafted_make(&crafted, 4, 0);
	poison_some();
	crafted.header.e_phnum = 4;
	segment[2] = segment[3] = segment[1];
	segment[2].p_filesz = segment[2].p_memsz = 8 << 20;
	segment[1].p_paddr += 8 << 20;
	segment[1].p_offset += 8 << 20;
	segment[1].p_filesz = segment[1].p_memsz -= 8 << 20;
	segment[3].p_filesz = segment[3].p_memsz = 9 << 20; /* a part of both */
	CHECK_TEXT(walk(), SOME "; 32");
}

/* --- Files that are no such core --- */

static void foreign_files(void)
{
	static const struct {
		const char *bytes, *verdict;
	} files[] = {{"", "foreign"}, {"KDUMP", "foreign"}, {"KDUMP   ", "compressed"},
		{"KDUMP   and more", "compressed"}, {"makedumpfile", "compressed"},
		{"makedumpfil", "foreign"}, {"\177ELF", "foreign"}};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int fd = memfd_create("file", MFD_CLOEXEC);

		unit_row = files[i].bytes;
		CHECK(write(fd, files[i].bytes, strlen(files[i].bytes)) >= 0);
		CHECK_TEXT(walk_file(fd), files[i].verdict);
	}
	unit_row = NULL;
	crafted_make(&crafted, 4, 0);
	crafted.header.e_type = ET_EXEC;
	CHECK_TEXT(walk(), "foreign");
	crafted_make(&crafted, 4, 0);
	crafted.header.e_machine = EM_AARCH64;
	CHECK_TEXT(walk(), "foreign");
	crafted_make(&crafted, 4, 0);
	crafted.segment[0].p_type = PT_NULL;
	CHECK_TEXT(walk(), "no info");
	crafted_make(&crafted, 4, 0);
	crafted.segment[0].p_filesz = 16;
	CHECK_TEXT(walk(), "no info");
}

static void a_core_that_is_cut_is_never_taken_for_whole(void)
{
	static const long lengths[] = {1, 16, 63, 64, 100, 175, 176, 511, 512, 600, CRAFTED_OFFSET,
		CRAFTED_OFFSET + 4096, CRAFTED_OFFSET + CRAFTED_SIZE - 1};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		crafted_make(&crafted, 4, 0);

		int fd = crafted_write(&crafted);

		CHECK(ftruncate(fd, lengths[i]) == 0);
		CHECK_TEXT(walk_file(fd), lengths[i] < 64 ? "foreign" : "cut");
	}
}

static void headers_that_make_no_sense(void)
{
	Elf64_Phdr *segment = crafted.segment;

	crafted_make(&crafted, 4, 0);
	segment[1].p_memsz--;
	CHECK_TEXT(walk(), "malformed");
	crafted_make(&crafted, 4, 0);
	segment[1].p_paddr = UINT64_MAX - 4095;
	CHECK_TEXT(walk(), "malformed");
	crafted_make(&crafted, 4, 0);
	segment[1].p_offset = UINT64_MAX - 4095;
	CHECK_TEXT(walk(), "cut");
}

/* --- VMCOREINFO --- */

/* The needed lines, without each of which nothing is told. */
static void a_line_that_is_missing_is_named(void)
{
	static const char *const lines[] = {"PAGESIZE", "SYMBOL(mem_section)",
		"LENGTH(mem_section)", "SIZE(mem_section)", "OFFSET(mem_section.section_mem_map)",
		"NUMBER(SECTION_SIZE_BITS)", "SIZE(page)", "OFFSET(page.flags)",
		"OFFSET(page._mapcount)", "OFFSET(page.compound_head)", "NUMBER(PG_hwpoison)",
		"NUMBER(phys_base)"};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		crafted_make(&crafted, 4, 0);
		*strstr(crafted.info, lines[i]) = '#';
		CHECK_TEXT(walk(), lines[i]);
	}
	crafted_make(&crafted, 4, 0);
	*strstr(crafted.info, "SYMBOL(swapper_pg_dir)") = '#';
	CHECK_TEXT(walk(), "SYMBOL(init_top_pgt)");
}

static void a_line_that_makes_no_sense_is_named(void)
{
	static const struct {
		const char *line, *name;
	} cases[] = {
		{"PAGESIZE=65536\n", "PAGESIZE"},
		{"PAGESIZE=\n", "PAGESIZE"},
		{"PAGESIZE=4096 \n", "PAGESIZE"},
		{"NUMBER(SECTION_SIZE_BITS)=64\n", "NUMBER(SECTION_SIZE_BITS)"},
		{"NUMBER(PG_hwpoison)=64\n", "NUMBER(PG_hwpoison)"},
		{"NUMBER(PG_hwpoison)=-1\n", "NUMBER(PG_hwpoison)"},
		{"SIZE(page)=0\n", "SIZE(page)"},
		{"OFFSET(page.flags)=64\n", "SIZE(page)"},
		{"OFFSET(page._mapcount)=61\n", "SIZE(page)"},
		{"SIZE(mem_section)=0\n", "SIZE(mem_section)"},
		{"OFFSET(mem_section.section_mem_map)=25\n", "SIZE(mem_section)"},
		{"LENGTH(mem_section)=99999999999999999999999\n", "LENGTH(mem_section)"},
		{"SYMBOL(mem_section)=xyz\n", "SYMBOL(mem_section)"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char rest[sizeof(crafted.info)];

		unit_row = cases[i].line;
		crafted_make(&crafted, 4, 0);
		strcpy(rest, crafted.info); /* the first of two lines counts */
		snprintf(crafted.info, sizeof(crafted.info), "%s%.1500s", cases[i].line, rest);
		CHECK_TEXT(walk(), cases[i].name);
	}
}

int main(void)
{
	UNIT(page_tables_of_four_and_five_levels);
	UNIT(bits_of_memory_encryption_are_no_address);
	UNIT(no_poison_is_an_answer);
	UNIT(a_hugetlb_page_is_one);
	UNIT(a_page_that_was_never_made_ready_is_not_poisoned);
	UNIT(an_offline_section_hides_its_pages);
	UNIT(memory_without_a_section_is_none);
	UNIT(struct_pages_that_are_not_there_are_lost);
	UNIT(what_is_described_but_not_held_is_zero);
	UNIT(what_is_not_described_is_lost);
	UNIT(the_poisoned_pages_themselves_need_not_be_there);
	UNIT(memory_of_devices_is_left_out);
	UNIT(roots_that_are_not_there_are_lost);
	UNIT(segments_are_sorted_and_copies_dropped);
	UNIT(foreign_files);
	UNIT(a_core_that_is_cut_is_never_taken_for_whole);
	UNIT(headers_that_make_no_sense);
	UNIT(a_line_that_is_missing_is_named);
	UNIT(a_line_that_makes_no_sense_is_named);
	return unit_end();
}
