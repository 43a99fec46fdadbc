/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sys/param.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	TABLE_PAGES = 512, /* what one table of entries maps; so much is a huge page */
	TABLE_BYTES = TABLE_PAGES * PAGE_BYTES,
	SPAN_BYTES = WALK_WORDS * PAGE_BYTES, /* what is looked at in one way, */
	SCAN_BYTES = 16 * SPAN_BYTES,         /* or in the other */
};

/* --- Words of pagemap --- */

/* FRAMES from PFN on are mapped at VA: hand over what is wanted of them. */
static void match(struct walk *walk, uint64_t va, uint64_t pfn, uint64_t frames)
{
	const struct wanted *wanted = walk->wanted;
	const struct wanted_range *range = wanted_find(wanted, pfn);
	const struct wanted_range *end = wanted->range + wanted->count;

	for (; range && range < end && range->first < pfn + frames; range++) {
		uint64_t first = MAX(range->first, pfn), last = MIN(range->end, pfn + frames);
		struct stretch stretch = {
			&walk->vma, va + (first - pfn) * PAGE_BYTES, first, last - first};

		walk->found(walk->context, &stretch);
	}
}

/*
 * Where memory_failure() took a page, the number of its frame is left (see
 * pagemap_swap_pfn()); what looks like that and is on the move, or is a marker, is told apart
 * by what the kernel says of that frame.
 */
static void match_special(struct walk *walk, uint64_t va, uint64_t word)
{
	uint64_t pfn = pagemap_swap_pfn(word), flags;

	if (pfn && pagemap_swap_is_special(word) && wanted_may_have(walk->wanted, pfn) &&
		page_read(walk->flags_fd, pfn, &flags, 1) == 1 && page_has(flags, KPF_HWPOISON))
		match(walk, va, pfn, 1);
}

/* This is where the time goes: hardly any page is wanted. */
static void match_words(struct walk *walk, uint64_t start, size_t n)
{
	const struct wanted *wanted = walk->wanted;

	for (size_t i = 0; i < n; i++) {
		uint64_t word = walk->word[i], pfn = pagemap_pfn(word);

		if (!pfn && word)
			match_special(walk, start + i * PAGE_BYTES, word);
		else if (pfn && wanted_may_have(wanted, pfn))
			match(walk, start + i * PAGE_BYTES, pfn, 1);
	}
}

/* Base pages, not more than a span; -1 with errno, or how many there were: less at the end. */
static ssize_t read_pages(struct walk *walk, uint64_t start, uint64_t end)
{
	ssize_t n = pagemap_read(walk->pagemap, start, walk->word, (end - start) / PAGE_BYTES);

	if (n > 0)
		match_words(walk, start, (size_t)n);
	return n;
}

/* Huge pages of SIZE bytes, as far as they are between START and END. */
static int read_huge_pages(struct walk *walk, uint64_t start, uint64_t end, uint64_t size)
{
	for (uint64_t va = start; va < end;) {
		uint64_t next = MIN(va / size * size + size, end), word;
		ssize_t n = pagemap_read(walk->pagemap, va, &word, 1);

		if (n <= 0)
			return (int)n;
		if (pagemap_pfn(word))
			match(walk, va, pagemap_pfn(word), (next - va) / PAGE_BYTES);
		va = next;
	}
	return 0;
}

/* --- Areas, word by word or by stretches --- */

/* Nothing is mapped by table AT of the words that were read, or a huge page. */
static bool is_plain(const struct walk *walk, size_t at)
{
	uint64_t first = walk->word[at], last = walk->word[at + TABLE_PAGES - 1];

	if (!pagemap_pfn(first))
		return !first && !last;
	return pagemap_pfn(first) % TABLE_PAGES == 0 &&
	       pagemap_pfn(last) == pagemap_pfn(first) + TABLE_PAGES - 1;
}

/* To look what is there would have been less work than to read N words. */
static bool was_plain(const struct walk *walk, size_t n)
{
	size_t plain = 0, tables = n / TABLE_PAGES;

	for (size_t i = 0; i < tables; i++)
		plain += is_plain(walk, i * TABLE_PAGES);
	return 2 * plain > tables;
}

static void take_away(struct walk *walk, const struct pagemap_region *region)
{
	for (uint64_t va = region->start; va < region->end; va += walk->huge) {
		struct taken taken = {&walk->vma, va, walk->huge};

		walk->taken(walk->context, &taken);
	}
}

static int read_region(struct walk *walk, const struct pagemap_region *region)
{
	if (walk->huge && region->categories & PAGEMAP_SCAN_SWAPPED) {
		take_away(walk, region);
		return 0;
	}
	if (region->categories & PAGEMAP_SCAN_HUGE)
		return read_huge_pages(
			walk, region->start, region->end, walk->huge ? walk->huge : TABLE_BYTES);
	for (uint64_t va = region->start; va < region->end; va += SPAN_BYTES)
		if (read_pages(walk, va, MIN(va + SPAN_BYTES, region->end)) < 0)
			return -1;
	return 0;
}

/*
 * What is between *VA and END by stretches, and move *VA on; 0, or -1 with errno.
 * *plain: that was less work than to read all words.
 */
static int scan_span(struct walk *walk, uint64_t *va, uint64_t end, bool *plain)
{
	uint64_t start = *va, pages = 0;
	int n = pagemap_scan(walk->pagemap, va, end, walk->region, WALK_REGIONS);

	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		const struct pagemap_region *region = &walk->region[i];

		if (!(region->categories & PAGEMAP_SCAN_HUGE))
			pages += region->end - region->start;
		if (read_region(walk, region) != 0)
			return -1;
	}
	*plain = 2 * pages < *va - start;
	if (*va == start)
		*va = UINT64_MAX; /* the process has ended */
	return 0;
}

static int read_span(struct walk *walk, uint64_t *va, uint64_t end, bool *plain)
{
	ssize_t n = read_pages(walk, *va, end);

	if (n < 0)
		return -1;
	*plain = was_plain(walk, (size_t)n);
	*va = (uint64_t)n * PAGE_BYTES == end - *va ? end : UINT64_MAX;
	return 0;
}

/* The page size of hugetlb's file system that vma's file is on; 0: it is on another. */
static uint64_t find_huge(const struct walk *walk)
{
	struct statfs fs;
	int fd = root_openat(walk->root, O_PATH, "proc/%d/map_files/%" PRIx64 "-%" PRIx64,
		walk->pid, walk->vma.start, walk->vma.end);

	if (fd < 0)
		return 0;

	bool is_huge = fstatfs(fd, &fs) == 0 && fs.f_type == HUGETLBFS_MAGIC;

	close(fd);
	return is_huge ? (uint64_t)fs.f_bsize : 0;
}

/* The same, asked once for each device: all of a file system's pages have one size. */
static uint64_t huge_of_area(struct walk *walk)
{
	const struct vma *vma = &walk->vma;
	struct walk_device *device = walk->device;

	if (!vma->inode || vma->major)
		return 0; /* hugetlbfs is on no block device */
	for (unsigned int i = 0; i < walk->devices; i++, device++)
		if (device->major == vma->major && device->minor == vma->minor)
			return device->huge;
	if (walk->devices == WALK_DEVICES)
		return find_huge(walk);
	walk->devices++;
	*device = (struct walk_device){vma->major, vma->minor, find_huge(walk)};
	return device->huge;
}

/* The kernel looks at a huge page in no time; many base pages it reads out sooner than twice. */
static int read_area(struct walk *walk)
{
	const struct vma *vma = &walk->vma;
	uint64_t va = vma->start;

	walk->huge = huge_of_area(walk);
	bool scan = walk->huge;
	int result = 0;

	while (result == 0 && va < vma->end) {
		if ((scan || walk->huge) && !walk->cannot_scan)
			result = scan_span(walk, &va, MIN(vma->end, va + SCAN_BYTES), &scan);
		else if (walk->huge)
			return read_huge_pages(walk, va, vma->end, walk->huge);
		else
			result = read_span(walk, &va, MIN(vma->end, va + SPAN_BYTES), &scan);
	}
	return result;
}

/* The first page of any process is as good as another to learn what the kernel can. */
static void probe(struct walk *walk)
{
	uint64_t va = 0;

	if (walk->has_probed)
		return;
	walk->has_probed = true;
	walk->cannot_scan = pagemap_scan(walk->pagemap, &va, PAGE_BYTES, walk->region, 1) < 0 &&
			    errno == ENOTTY;
}

int walk_process(struct walk *walk, pid_t pid)
{
	int more, result = 0;

	walk->pid = pid;
	walk->pagemap = pagemap_open(walk->root, pid);
	if (walk->pagemap < 0)
		return -1;
	if (maps_open(&walk->maps, walk->root, pid) != 0) {
		close(walk->pagemap);
		return -1;
	}
	probe(walk);
	while (result == 0 && (more = maps_next(&walk->maps, &walk->vma)) != 0)
		result = more < 0 ? -1 : read_area(walk);
	int error = errno;

	maps_close(&walk->maps);
	close(walk->pagemap);
	errno = error;
	return result;
}
