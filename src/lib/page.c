/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <fcntl.h>
#include <unistd.h>

/* Bits of a pagemap word (PM_* in fs/proc/task_mmu.c). */
#define PAGEMAP_PRESENT    (UINT64_C(1) << 63)
#define PAGEMAP_SWAP       (UINT64_C(1) << 62)
#define PAGEMAP_SWAP_SHIFT 5 /* MAX_SWAPFILES_SHIFT: below it, the swap type */
#define PAGEMAP_SPECIAL    23
#define PAGEMAP_MARKER     31
#define PAGEMAP_MARKED_BAD (1 << 1) /* of a marker */

bool page_size_is_supported(void)
{
	return sysconf(_SC_PAGESIZE) == PAGE_BYTES;
}

int page_flags_open(const struct root *root)
{
	return root_openat(root, O_RDONLY, "proc/kpageflags");
}

int page_count_open(const struct root *root)
{
	return root_openat(root, O_RDONLY, "proc/kpagecount");
}

static ssize_t read_words(int fd, uint64_t index, uint64_t *words, size_t n)
{
	if (index > INT64_MAX / sizeof(*words) - n)
		return 0; /* behind the end of any file */

	ssize_t got = read_at(fd, words, n * sizeof(*words), (off_t)(index * sizeof(*words)));

	return got < 0 ? -1 : got / (ssize_t)sizeof(*words);
}

ssize_t page_read(int fd, uint64_t pfn, uint64_t *words, size_t n)
{
	return read_words(fd, pfn, words, n);
}

/*
 * The first row whose bit is set names the page: huge pages before what they
 * hold, and anon before file because anonymous pages have mappings too.
 */
static const struct {
	int bit;
	const char *kind;
} kinds[] = {
	{KPF_NOPAGE, "nopage"},
	{KPF_HUGE, "hugetlb"},
	{KPF_THP, "thp"},
	{KPF_SLAB, "slab"},
	{KPF_PGTABLE, "pgtable"},
	{KPF_BUDDY, "free"},
	{KPF_OFFLINE, "offline"},
	{KPF_ANON, "anon"},
	{KPF_MMAP, "file"},
	{KPF_LRU, "file"},
	{KPF_SWAPBACKED, "file"},
	{32 /* KPF_RESERVED, include/linux/kernel-page-flags.h */, "reserved"},
};

const char *page_kind(uint64_t flags)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (page_has(flags, kinds[i].bit))
			return kinds[i].kind;
	return "kernel";
}

bool page_is_zero(const void *page)
{
	const uint64_t *word = page;
	uint64_t any = 0;

	for (size_t i = 0; i < PAGE_BYTES / sizeof(*word) && !any; i += 4)
		any = word[i] | word[i + 1] | word[i + 2] | word[i + 3];
	return !any;
}

int pagemap_open(const struct root *root, pid_t pid)
{
	if (pid == 0)
		return root_openat(root, O_RDONLY, "proc/self/pagemap");
	return root_openat(root, O_RDONLY, "proc/%d/pagemap", pid);
}

ssize_t pagemap_read(int fd, uint64_t va, uint64_t *words, size_t n)
{
	return read_words(fd, va >> PAGE_SHIFT, words, n);
}

uint64_t pagemap_swap_pfn(uint64_t word)
{
	if ((word & (PAGEMAP_PRESENT | PAGEMAP_SWAP)) != PAGEMAP_SWAP)
		return 0;
	return (word & PAGEMAP_FRAME) >> PAGEMAP_SWAP_SHIFT;
}

bool pagemap_swap_is_special(uint64_t word)
{
	return (word & (PAGEMAP_PRESENT | PAGEMAP_SWAP)) == PAGEMAP_SWAP &&
	       (word & ((1 << PAGEMAP_SWAP_SHIFT) - 1)) >= PAGEMAP_SPECIAL;
}

bool pagemap_is_marked_bad(uint64_t word)
{
	return pagemap_swap_is_special(word) &&
	       (word & ((1 << PAGEMAP_SWAP_SHIFT) - 1)) == PAGEMAP_MARKER &&
	       pagemap_swap_pfn(word) & PAGEMAP_MARKED_BAD;
}
