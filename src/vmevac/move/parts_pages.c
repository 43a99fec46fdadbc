/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts: their pages, one by one. */
#include "page.h"
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <unistd.h>

const struct part *parts_at(const struct parts *parts, uint64_t page)
{
	const struct part *part = parts->part;

	while (page >= part_end(part))
		part++;
	return part;
}

/* hugetlbfs tells of no holes: there each page answers for itself when it is touched. */
static int next_data(const struct part *part, uint64_t page, uint64_t *first, uint64_t *n)
{
	off_t end = part_offset(part, part_end(part)), hole;
	off_t data = lseek(part->fd, part_offset(part, page), SEEK_DATA);

	if (data < 0 && errno != ENXIO)
		return -1;
	if (data < 0 || data >= end)
		return 0;
	hole = lseek(part->fd, data, SEEK_HOLE);
	if (hole < 0)
		return -1;
	if (hole > end)
		hole = end;
	*first = part->first + ((uint64_t)data - part->offset) / PAGE_BYTES;
	*n = part->first + ((uint64_t)hole - part->offset + PAGE_BYTES - 1) / PAGE_BYTES - *first;
	return 1;
}

int parts_next_data(const struct parts *parts, uint64_t *first, uint64_t *n)
{
	uint64_t page = *first + *n;

	for (unsigned int i = 0; i < parts->n; i++) {
		const struct part *part = &parts->part[i];
		int more = 0;

		if (page < part_end(part))
			more = next_data(part, MAX(page, part->first), first, n);
		if (more != 0)
			return more;
	}
	return 0;
}

/* A huge page that there is not is all that is SIGBUS there. */
int parts_has_data(const struct parts *parts, uint64_t page)
{
	const struct part *part = parts_at(parts, page);
	off_t at = part_offset(part, page), data;

	if (part_is_huge(part))
		return 0;
	data = lseek(part->fd, at, SEEK_DATA);
	if (data < 0 && errno != ENXIO)
		return -1;
	return data >= 0 && data < at + PAGE_BYTES;
}

static int write_whole(int fd, const char *data, uint64_t size, off_t at)
{
	while (size > 0) {
		ssize_t n = pwrite(fd, data, size, at);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			data += n;
			size -= (uint64_t)n;
			at += n;
		}
	}
	return 0;
}

/* A huge page that cannot be had is an error, and not SIGBUS. */
static int copy_whole(void *to, const void *data, uint64_t size)
{
	if (madvise(to, size, MADV_POPULATE_WRITE) != 0)
		return -1;
	memcpy(to, data, size);
	return 0;
}

static int write_part(
	const struct part *part, void *memory, uint64_t page, uint64_t size, const void *data)
{
	if (part_is_huge(part))
		return copy_whole((char *)memory + page * PAGE_BYTES, data, size);
	return write_whole(part->fd, data, size, part_offset(part, page));
}

int parts_write(
	const struct parts *parts, void *memory, uint64_t first, uint64_t n, const void *data)
{
	const char *from = data;

	for (uint64_t page = first, stop; page < first + n; page = stop) {
		const struct part *part = parts_at(parts, page);
		uint64_t size;

		stop = MIN(first + n, part_end(part));
		size = (stop - page) * PAGE_BYTES;
		if (write_part(part, memory, page, size, from) != 0)
			return -1;
		from += size;
	}
	return 0;
}

/* From START to END - 1, within one huge page: a page that has never come is zeros already. */
static void clear_there(void *memory, uint64_t start, uint64_t end)
{
	char *at = (char *)memory + start * PAGE_BYTES;
	unsigned char is_there = 0;

	if (start < end && mincore(at, PAGE_BYTES, &is_there) == 0 && is_there & 1)
		memset(at, 0, (end - start) * PAGE_BYTES);
}

/* Before Linux 6.0 hugetlbfs leaves what is only a part of a page as it is. */
static void clear_edges(const struct part *part, void *memory, uint64_t first, uint64_t end)
{
	uint64_t pages = part->page_size / PAGE_BYTES, into = (first - part->first) % pages;
	uint64_t last = end - (end - part->first) % pages;

	if (into)
		clear_there(memory, first, MIN(end, first - into + pages));
	if (last >= first)
		clear_there(memory, last, end);
}

int parts_punch(const struct parts *parts, void *memory, uint64_t first, uint64_t n)
{
	for (uint64_t page = first, stop; page < first + n; page = stop) {
		const struct part *part = parts_at(parts, page);

		stop = MIN(first + n, part_end(part));
		if (part_is_huge(part))
			clear_edges(part, memory, page, stop);
		if (fallocate(part->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			    part_offset(part, page), (off_t)((stop - page) * PAGE_BYTES)) != 0)
			return -1;
	}
	return 0;
}

/* To be mapped once is enough: the file has them then (hugetlb_reserve_pages(), mm/hugetlb.c). */
static int reserve(const struct part *part)
{
	size_t size = part->pages * PAGE_BYTES;
	void *there = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, part->fd,
		part_offset(part, part->first));

	return there == MAP_FAILED ? -1 : munmap(there, size);
}

int parts_reserve(const struct parts *parts)
{
	for (unsigned int i = 0; i < parts->n; i++)
		if (part_is_huge(&parts->part[i]) && reserve(&parts->part[i]) != 0)
			return -1;
	return 0;
}

int parts_miss(const struct parts *parts, void *memory, uint64_t first, uint64_t n)
{
	for (uint64_t page = first, stop; page < first + n; page = stop) {
		const struct part *part = parts_at(parts, page);
		int result;

		stop = MIN(first + n, part_end(part));
		result = part_is_huge(part)
				 ? madvise((char *)memory + page * PAGE_BYTES,
					   (stop - page) * PAGE_BYTES, MADV_POPULATE_WRITE)
				 : parts_punch(parts, memory, page, stop - page);
		if (result != 0)
			return -1;
	}
	return 0;
}

uint64_t part_unit(const struct part *part, uint64_t page, uint64_t *n)
{
	*n = part->page_size / PAGE_BYTES;
	return page - (page - part->first) % *n;
}
