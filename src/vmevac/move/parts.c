/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parts.h"
#include "maps.h"
#include "page.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

static uint64_t end_of(const struct part *part)
{
	return part->first + part->pages;
}

static off_t offset_of(const struct part *part, uint64_t page)
{
	return (off_t)(part->offset + (page - part->first) * PAGE_BYTES);
}

bool part_is_huge(const struct part *part)
{
	return part->page_size > PAGE_BYTES;
}

/* --- Opening --- */

static int make_room(struct parts *parts)
{
	unsigned int room = 2 * parts->room + 4;
	struct part *more = reallocarray(parts->part, room, sizeof(*more));

	if (!more)
		return -1;
	parts->part = more;
	parts->room = room;
	return 0;
}

static int describe(struct part *part)
{
	struct stat st;
	struct statfs fs;

	if (fstat(part->fd, &st) != 0 || fstatfs(part->fd, &fs) != 0)
		return -1;
	part->device = st.st_dev;
	part->inode = st.st_ino;
	part->page_size = fs.f_type == HUGETLBFS_MAGIC ? (uint64_t)fs.f_bsize : PAGE_BYTES;
	return 0;
}

int parts_add(struct parts *parts, int fd, uint64_t offset, uint64_t pages)
{
	uint64_t first = parts->n ? end_of(&parts->part[parts->n - 1]) : 0;
	struct part part = {.first = first, .pages = pages, .fd = fd, .offset = offset};

	if (describe(&part) != 0 || (parts->n == parts->room && make_room(parts) != 0))
		return -1;
	parts->part[parts->n++] = part;
	parts->has_huge |= part_is_huge(&part);
	return 0;
}

static void close_unless_shared(const struct parts *parts, int fd)
{
	for (unsigned int i = 0; i < parts->n; i++)
		if (parts->part[i].fd == fd)
			return;
	close(fd);
}

/* What is left of OLD on either side of FRESH, and FRESH; how many. */
static unsigned int cut(const struct part *old, const struct part *fresh, struct part out[3])
{
	struct part before = *old, behind = *old;
	unsigned int n = 0;

	before.pages = fresh->first - old->first;
	behind.first = end_of(fresh);
	behind.pages = end_of(old) - end_of(fresh);
	behind.offset = (uint64_t)offset_of(old, end_of(fresh));
	if (before.pages)
		out[n++] = before;
	out[n++] = *fresh;
	if (behind.pages)
		out[n++] = behind;
	return n;
}

int parts_replace(struct parts *parts, uint64_t first, uint64_t pages, int fd)
{
	struct part fresh = {.first = first, .pages = pages, .fd = fd}, piece[3];
	unsigned int i, n;
	int was;

	if (describe(&fresh) != 0 || (parts->n + 2 > parts->room && make_room(parts) != 0))
		return -1;
	i = (unsigned int)(parts_at(parts, first) - parts->part);
	was = parts->part[i].fd;
	n = cut(&parts->part[i], &fresh, piece);
	memmove(parts->part + i + n, parts->part + i + 1, (parts->n - i - 1) * sizeof(*piece));
	memcpy(parts->part + i, piece, n * sizeof(*piece));
	parts->n += n - 1;
	close_unless_shared(parts, was);
	return 0;
}

static bool is_of(const struct part *part, const struct vma *vma)
{
	return part->inode == vma->inode && part->device == makedev(vma->major, vma->minor);
}

/* One that is open already: there may be more replacements than a process may have files. */
static int find_open(const struct parts *parts, const struct vma *vma)
{
	for (unsigned int i = 0; i < parts->n; i++)
		if (is_of(&parts->part[i], vma))
			return parts->part[i].fd;
	return -1;
}

static int add_area(struct parts *parts, const struct root *root, pid_t pid, const struct vma *vma)
{
	struct part *last = parts->n ? &parts->part[parts->n - 1] : NULL;
	uint64_t pages = (vma->end - vma->start) / PAGE_BYTES;
	int fd = find_open(parts, vma);
	bool is_open = fd >= 0;

	if (last && is_of(last, vma) && (uint64_t)offset_of(last, end_of(last)) == vma->offset) {
		last->pages += pages;
		return 0;
	}
	if (!is_open)
		fd = root_openat(root, O_RDWR, "proc/%d/map_files/%lx-%lx", pid,
			(unsigned long)vma->start, (unsigned long)vma->end);
	if (fd < 0)
		return -1;
	if (parts_add(parts, fd, vma->offset, pages) == 0)
		return 0;

	int error = errno;

	if (!is_open)
		close(fd);
	errno = error;
	return -1;
}

static int add_areas(struct parts *parts, const struct root *root, pid_t pid, struct maps *maps,
	uint64_t start, uint64_t end)
{
	static struct vma vma;
	uint64_t at = start;
	int more = 1;

	while (at < end && (more = maps_next(maps, &vma)) > 0) {
		if (vma.end <= start)
			continue;
		if (vma.start != at || vma.end > end)
			break;
		if (add_area(parts, root, pid, &vma) != 0)
			return -1;
		at = vma.end;
	}
	if (at < end && more >= 0)
		errno = ESTALE;
	return at < end ? -1 : 0;
}

int parts_open(
	struct parts *parts, const struct root *root, pid_t pid, uint64_t start, uint64_t end)
{
	static struct maps maps;
	int result, error;

	*parts = (struct parts){0};
	if (maps_open(&maps, root, pid) != 0)
		return -1;
	result = add_areas(parts, root, pid, &maps, start, end);
	error = errno;
	maps_close(&maps);
	if (result != 0)
		parts_close(parts);
	errno = error;
	return result;
}

void parts_close(struct parts *parts)
{
	while (parts->n > 0)
		close_unless_shared(parts, parts->part[--parts->n].fd);
	free(parts->part);
	*parts = (struct parts){0};
}

/* --- Pages --- */

const struct part *parts_at(const struct parts *parts, uint64_t page)
{
	const struct part *part = parts->part;

	while (page >= end_of(part))
		part++;
	return part;
}

/* hugetlbfs tells of no holes: there each page answers for itself when it is touched. */
static int next_data(const struct part *part, uint64_t page, uint64_t *first, uint64_t *n)
{
	off_t end = offset_of(part, end_of(part)), hole;
	off_t data = lseek(part->fd, offset_of(part, page), SEEK_DATA);

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

		if (page < end_of(part))
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
	off_t at = offset_of(part, page), data;

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
	return write_whole(part->fd, data, size, offset_of(part, page));
}

int parts_write(
	const struct parts *parts, void *memory, uint64_t first, uint64_t n, const void *data)
{
	const char *from = data;

	for (uint64_t page = first, stop; page < first + n; page = stop) {
		const struct part *part = parts_at(parts, page);
		uint64_t size;

		stop = MIN(first + n, end_of(part));
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

		stop = MIN(first + n, end_of(part));
		if (part_is_huge(part))
			clear_edges(part, memory, page, stop);
		if (fallocate(part->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			    offset_of(part, page), (off_t)((stop - page) * PAGE_BYTES)) != 0)
			return -1;
	}
	return 0;
}
