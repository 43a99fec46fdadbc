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
	uint64_t first = parts->n ? part_end(&parts->part[parts->n - 1]) : 0;
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
	behind.first = part_end(fresh);
	behind.pages = part_end(old) - part_end(fresh);
	behind.offset = (uint64_t)part_offset(old, part_end(fresh));
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

	if (last && is_of(last, vma) &&
		(uint64_t)part_offset(last, part_end(last)) == vma->offset) {
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
