/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pages.h"
#include "lines.h"
#include "num.h"
#include "page.h"
#include "pagemap_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

enum { CHUNK_PAGES = 65536 };

/* --- numa_maps --- */

/* WORD, LEN bytes, is NAME and a number behind it. */
static bool is_number_of(const char *word, size_t len, const char *name, uint64_t *out)
{
	size_t name_len = strlen(name);
	char text[24];

	if (len <= name_len || len - name_len >= sizeof(text) || memcmp(word, name, name_len) != 0)
		return false;
	memcpy(text, word + name_len, len - name_len);
	text[len - name_len] = '\0';
	return num_count(text, 0, UINT64_MAX >> 10, out) == NULL;
}

/* "N0=512": so many pages are on node 0. */
static void take_node(struct pages *out, const char *word, size_t len)
{
	const char *equals = memchr(word, '=', len);
	uint64_t node;

	if (equals && is_number_of(word, (size_t)(equals - word), "N", &node) &&
		node < PAGES_NODES_MAX)
		out->nodes |= UINT64_C(1) << node;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The area of the line begins there; *line goes on behind its address. */
static bool begins_within(const char **line, const char *stop, uint64_t start, uint64_t end)
{
	uint64_t address = 0;
	const char *p = *line;

	for (; p < stop && *p != ' '; p++) {
		if (hex_digit(*p) < 0 || address >> 60)
			return false;
		address = address << 4 | (uint64_t)hex_digit(*p);
	}
	*line = p;
	return address >= start && address < end;
}

void pages_parse(struct pages *out, const char *line, size_t len, uint64_t start, uint64_t end)
{
	const char *stop = line + len, *word;
	uint64_t kib;

	if (!begins_within(&line, stop, start, end))
		return;
	for (word = line; word < stop; word = line) {
		while (word < stop && *word == ' ')
			word++;
		line = memchr(word, ' ', (size_t)(stop - word));
		if (!line)
			line = stop;
		if (is_number_of(word, (size_t)(line - word), "kernelpagesize_kB=", &kib))
			out->size = MAX(out->size, kib << 10);
		else
			take_node(out, word, (size_t)(line - word));
	}
}

int pages_find(struct pages *out, const struct root *root, pid_t pid, uint64_t start, uint64_t end)
{
	static struct lines lines;
	enum lines_event event;
	const char *line;
	size_t len;
	int fd = root_openat(root, O_RDONLY, "proc/%d/numa_maps", pid);

	*out = (struct pages){0};
	if (fd < 0)
		return -1;
	lines_open(&lines, fd);
	while ((event = lines_next(&lines, &line, &len)) == LINES_LINE || event == LINES_LONG)
		if (event == LINES_LINE)
			pages_parse(out, line, len, start, end);

	int error = errno;

	close(fd);
	errno = error;
	return event == LINES_ERROR ? -1 : 0;
}

/* --- Poison --- */

/*
 * A page that was taken away has left an entry with its frame, which the kernel calls poisoned;
 * one that was marked (UFFDIO_POISON), an entry without.
 */
static bool is_poisoned(int flags_fd, uint64_t word)
{
	uint64_t pfn = pagemap_is_present(word) ? 0 : pagemap_swap_pfn(word), flags;

	if (pagemap_is_marked_bad(word))
		return true;
	if (!pfn || page_read(flags_fd, pfn, &flags, 1) != 1)
		return false;
	return page_has(flags, KPF_HWPOISON);
}

static int each_poisoned(int map_fd, int flags_fd, uint64_t start, uint64_t end,
	void (*found)(uint64_t va, void *context), void *context)
{
	static uint64_t words[CHUNK_PAGES];

	for (uint64_t va = start; va < end;) {
		uint64_t left = (end - va) >> PAGE_SHIFT;
		ssize_t n =
			pagemap_read(map_fd, va, words, left < CHUNK_PAGES ? left : CHUNK_PAGES);

		if (n < 0)
			return -1;
		if (n == 0)
			break; /* the process has ended */
		for (ssize_t i = 0; i < n; i++)
			if (is_poisoned(flags_fd, words[i]))
				found(va + ((uint64_t)i << PAGE_SHIFT), context);
		va += (uint64_t)n << PAGE_SHIFT;
	}
	return 0;
}

/*
 * A huge page of hugetlbfs that was taken away or marked is not in pagemap, but PAGEMAP_SCAN has
 * it: as neither there nor empty (pagemap_hugetlb_category() in fs/proc/task_mmu.c).  Small pages
 * among them may as well be swapped out.
 */
static int look_at_region(const struct pages_poison *poison, const struct pagemap_region *region,
	void (*found)(uint64_t va, void *context), void *context)
{
	if (region->categories & PAGEMAP_SCAN_PRESENT)
		return 0;
	if (!(region->categories & PAGEMAP_SCAN_HUGE))
		return each_poisoned(poison->map_fd, poison->flags_fd, region->start, region->end,
			found, context);
	for (uint64_t va = region->start; va < region->end; va += PAGE_BYTES)
		found(va, context);
	return 0;
}

static int each_poisoned_huge(const struct pages_poison *poison, uint64_t start, uint64_t end,
	void (*found)(uint64_t va, void *context), void *context)
{
	enum { REGIONS = 256 };
	struct pagemap_region region[REGIONS];
	int n;

	for (uint64_t at = start; at < end;) {
		n = pagemap_scan(poison->map_fd, &at, end, region, REGIONS);
		if (n < 0)
			return -1;
		for (int i = 0; i < n; i++)
			if (look_at_region(poison, &region[i], found, context) != 0)
				return -1;
	}
	return 0;
}

static bool has_hugetlb(const struct root *root, pid_t pid, uint64_t start, uint64_t end)
{
	struct pages pages;

	return pages_find(&pages, root, pid, start, end) == 0 && pages.size > PAGE_BYTES;
}

int pages_poison_open(struct pages_poison *poison, const struct root *root, pid_t pid)
{
	*poison = (struct pages_poison){.root = root, .pid = pid, .flags_fd = -1};
	poison->map_fd = pagemap_open(root, pid);
	if (poison->map_fd < 0)
		return -1;
	poison->flags_fd = page_flags_open(root);
	if (poison->flags_fd >= 0)
		return 0;

	int error = errno;

	pages_poison_close(poison);
	errno = error;
	return -1;
}

void pages_poison_close(struct pages_poison *poison)
{
	if (poison->map_fd >= 0)
		close(poison->map_fd);
	if (poison->flags_fd >= 0)
		close(poison->flags_fd);
	poison->map_fd = poison->flags_fd = -1;
}

int pages_poison_each(const struct pages_poison *poison, uint64_t start, uint64_t end,
	void (*found)(uint64_t va, void *context), void *context)
{
	if (has_hugetlb(poison->root, poison->pid, start, end) &&
		each_poisoned_huge(poison, start, end, found, context) == 0)
		return 0;
	/* No huge pages, or a kernel that does not scan. */
	return each_poisoned(poison->map_fd, poison->flags_fd, start, end, found, context);
}

static void count(uint64_t va, void *context)
{
	(void)va;
	++*(uint64_t *)context;
}

int pages_poisoned(const struct root *root, pid_t pid, uint64_t start, uint64_t end, uint64_t *out)
{
	struct pages_poison poison;
	int result, error;

	*out = 0;
	if (pages_poison_open(&poison, root, pid) != 0)
		return -1;
	result = pages_poison_each(&poison, start, end, count, out);
	error = errno;
	pages_poison_close(&poison);
	errno = error;
	return result;
}
