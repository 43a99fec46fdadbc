/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page: words of kpageflags, kpagecount and pagemap, and what they mean. */
#include "page.h"
#include "tree.h"
#include "unit.h"

enum { FRAMES = 1000 };

/* kernel-page-flags.h of include/linux: not exported, yet in /proc/kpageflags. */
enum { KPF_RESERVED = 32 };

static struct tree tree;

static uint64_t bit(int n)
{
	return UINT64_C(1) << n;
}

/* A file whose word N is N + ADD. */
static void put_words(const char *path, uint64_t add)
{
	uint64_t words[FRAMES];

	for (uint64_t i = 0; i < FRAMES; i++)
		words[i] = i + add;
	tree_put_bytes(&tree, words, sizeof(words), "%s", path);
}

static void words_are_read_by_frame(void)
{
	uint64_t words[FRAMES + 1] = {0};

	put_words("proc/kpageflags", 0);
	put_words("proc/kpagecount", 5000);

	int fd = page_flags_open(&tree.root);

	CHECK(page_read(fd, 0, words, 1) == 1 && words[0] == 0);
	CHECK(page_read(fd, 7, words, 3) == 3 && words[0] == 7 && words[2] == 9);
	CHECK(page_read(fd, 0, words, FRAMES + 1) == FRAMES && words[FRAMES - 1] == FRAMES - 1);
	CHECK(page_read(fd, 3, words, 0) == 0);
	close(fd);
	fd = page_count_open(&tree.root);
	CHECK(page_read(fd, 2, words, 1) == 1 && words[0] == 5002);
	close(fd);
}

static void fewer_words_come_at_the_end(void)
{
	uint64_t words[16];
	int fd = page_flags_open(&tree.root);

	CHECK(page_read(fd, FRAMES - 3, words, 16) == 3 && words[2] == FRAMES - 1);
	CHECK(page_read(fd, FRAMES, words, 16) == 0);
	CHECK(page_read(fd, UINT64_C(1) << 52, words, 16) == 0);
	close(fd);
	/* A capture cut short ends in half a word. */
	tree_put_bytes(&tree, "0123456789ab", 12, "proc/kpageflags");
	fd = page_flags_open(&tree.root);
	CHECK(page_read(fd, 0, words, 16) == 1);
	CHECK(page_read(fd, 1, words, 16) == 0);
	close(fd);
}

/* The byte offset of frame 2^61 is 0 again in 64 bits: it must not get frame 0's word. */
static void no_frame_wraps_around(void)
{
	uint64_t words[16];
	int fd = page_flags_open(&tree.root);

	for (int shift = 58; shift < 64; shift++) {
		CHECK(page_read(fd, bit(shift), words, 1) == 0);
		CHECK(page_read(fd, bit(shift) - 1, words, 16) == 0);
	}
	CHECK(page_read(fd, UINT64_MAX, words, 1) == 0);
	close(fd);
}

static void a_missing_file_is_enoent(void)
{
	struct tree empty;

	tree_make(&empty);
	errno = 0;
	CHECK(page_flags_open(&empty.root) == -1 && errno == ENOENT);
	errno = 0;
	CHECK(page_count_open(&empty.root) == -1 && errno == ENOENT);
	errno = 0;
	CHECK(pagemap_open(&empty.root, 12) == -1 && errno == ENOENT);
	tree_remove(&empty);
}

static void the_kind_is_the_first_that_applies(void)
{
	static const struct {
		const char *kind;
		int bits[4]; /* ends with 0, which is KPF_LOCKED and means nothing here */
	} cases[] = {
		{"kernel", {0}},
		{"kernel", {KPF_REFERENCED, KPF_UPTODATE}},
		{"kernel", {KPF_HWPOISON}},
		{"nopage", {KPF_NOPAGE}},
		{"hugetlb", {KPF_HUGE}},
		{"thp", {KPF_THP}},
		{"slab", {KPF_SLAB}},
		{"pgtable", {KPF_PGTABLE}},
		{"free", {KPF_BUDDY}},
		{"offline", {KPF_OFFLINE}},
		{"anon", {KPF_ANON}},
		{"file", {KPF_MMAP}},
		{"file", {KPF_LRU}},
		{"file", {KPF_SWAPBACKED}},
		{"reserved", {KPF_RESERVED}},
		{"nopage", {KPF_NOPAGE, KPF_HUGE}},
		{"hugetlb", {KPF_HUGE, KPF_ANON, KPF_MMAP}},
		{"hugetlb", {KPF_HUGE, KPF_HWPOISON}},
		{"thp", {KPF_THP, KPF_ANON, KPF_LRU}},
		{"anon", {KPF_ANON, KPF_MMAP, KPF_SWAPBACKED}},
		{"anon", {KPF_ANON, KPF_HWPOISON}},
		{"file", {KPF_MMAP, KPF_LRU}},
		{"file", {KPF_LRU, KPF_RESERVED}},
		{"free", {KPF_BUDDY, KPF_RESERVED}},
		{"kernel", {KPF_COMPOUND_HEAD}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t flags = 0;

		for (const int *b = cases[i].bits; *b; b++)
			flags |= bit(*b);
		CHECK_TEXT(page_kind(flags), cases[i].kind);
	}
}

static void a_bit_is_looked_at_alone(void)
{
	for (int n = 0; n < 64; n++) {
		CHECK(page_has(bit(n), n));
		CHECK(!page_has(~bit(n), n));
	}
}

static void pagemap_is_read_by_address(void)
{
	uint64_t words[16];

	put_words("proc/12/pagemap", 100);
	put_words("proc/self/pagemap", 200);

	int fd = pagemap_open(&tree.root, 12);

	CHECK(pagemap_read(fd, 0, words, 1) == 1 && words[0] == 100);
	CHECK(pagemap_read(fd, 3 * PAGE_BYTES, words, 2) == 2 && words[1] == 104);
	CHECK(pagemap_read(fd, 4 * PAGE_BYTES - 1, words, 1) == 1 && words[0] == 103);
	CHECK(pagemap_read(fd, (FRAMES - 1) * PAGE_BYTES, words, 16) == 1);
	CHECK(pagemap_read(fd, UINT64_MAX, words, 16) == 0);
	close(fd);
	fd = pagemap_open(&tree.root, 0);
	CHECK(pagemap_read(fd, 0, words, 1) == 1 && words[0] == 200);
	close(fd);
}

static void a_pagemap_word_names_its_frame(void)
{
	static const struct {
		uint64_t word;
		bool present;
		uint64_t pfn, swap_pfn;
	} cases[] = {
		{0, false, 0, 0},
		{UINT64_C(1) << 63 | 0x123456, true, 0x123456, 0},
		/* file-mapped, exclusive, write-protected, soft-dirty */
		{UINT64_C(0xa380000000123456), true, 0x123456, 0},
		{UINT64_C(1) << 63 | ((UINT64_C(1) << 55) - 1), true, (UINT64_C(1) << 55) - 1, 0},
		{UINT64_C(1) << 63, true, 0, 0}, /* to whom frames are hidden */
		{UINT64_C(1) << 62 | 0x123456 << 5 | 30, false, 0, 0x123456},
		{UINT64_C(1) << 62 | UINT64_C(1) << 55 | 0x123456 << 5 | 31, false, 0, 0x123456},
		{UINT64_C(1) << 62 | 31, false, 0, 0},
		{UINT64_C(1) << 62 | ((UINT64_C(1) << 55) - 1), false, 0, (UINT64_C(1) << 50) - 1},
		{0x123456 << 5, false, 0, 0},
		{UINT64_C(1) << 61 | 0x123456 << 5, false, 0, 0},
		{UINT64_C(3) << 62 | 0x123456 << 5, true, 0x123456 << 5, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CHECK(pagemap_is_present(cases[i].word) == cases[i].present);
		CHECK_U64(pagemap_pfn(cases[i].word), cases[i].pfn);
		CHECK_U64(pagemap_swap_pfn(cases[i].word), cases[i].swap_pfn);
	}
}

static void poison_is_told_from_swap_by_its_type(void)
{
	CHECK(pagemap_swap_is_special(UINT64_C(1) << 62 | 0x123456 << 5 | 23));
	CHECK(pagemap_swap_is_special(UINT64_C(1) << 62 | 31));
	CHECK(!pagemap_swap_is_special(UINT64_C(1) << 62 | 0x123456 << 5 | 22));
	CHECK(!pagemap_swap_is_special(UINT64_C(1) << 62 | 0x123456 << 5));
	CHECK(!pagemap_swap_is_special(UINT64_C(1) << 63 | 31));
	CHECK(!pagemap_swap_is_special(31));
}

/* The real files agree: a page just written is present, and only root sees its frame. */
static void the_running_kernel_agrees(void)
{
	struct root live;
	uint64_t word = 0, flags = 0;
	volatile char *page = aligned_alloc(PAGE_BYTES, PAGE_BYTES);

	CHECK(page_size_is_supported() == (sysconf(_SC_PAGESIZE) == 4096));
	if (!page || !page_size_is_supported() || root_open(&live, "/") != 0)
		return;
	page[0] = 1;

	int map = pagemap_open(&live, 0), all = page_flags_open(&live);

	CHECK(pagemap_read(map, (uintptr_t)page, &word, 1) == 1);
	CHECK(pagemap_is_present(word));
	CHECK_U64(pagemap_swap_pfn(word), 0);
	if (all >= 0 && pagemap_pfn(word)) {
		CHECK(page_read(all, pagemap_pfn(word), &flags, 1) == 1);
		CHECK(page_has(flags, KPF_ANON) && !page_has(flags, KPF_NOPAGE));
	}
	close(map);
	close(all);
	root_close(&live);
	free((char *)page);
}

int main(void)
{
	tree_make(&tree);
	UNIT(words_are_read_by_frame);
	UNIT(fewer_words_come_at_the_end);
	UNIT(no_frame_wraps_around);
	UNIT(a_missing_file_is_enoent);
	UNIT(the_kind_is_the_first_that_applies);
	UNIT(a_bit_is_looked_at_alone);
	UNIT(pagemap_is_read_by_address);
	UNIT(a_pagemap_word_names_its_frame);
	UNIT(poison_is_told_from_swap_by_its_type);
	UNIT(the_running_kernel_agrees);
	tree_remove(&tree);
	return unit_end();
}
