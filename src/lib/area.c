/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "area.h"
#include "page.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* What kind of memory the file's pages are. */
static int find_memory(struct area *area, int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return -1;
	area->page = PAGE_BYTES;
	switch (fs.f_type) {
	case TMPFS_MAGIC:
		area->memory = AREA_SHMEM;
		break;
	case HUGETLBFS_MAGIC:
		area->memory = AREA_HUGETLB;
		area->page = (uint64_t)fs.f_bsize;
		break;
	default:
		area->memory = AREA_PAGE_CACHE;
	}
	return 0;
}

/*
 * Guarding holes takes a mapping that may become writable (userfaultfd(2)), so
 * memory is opened for writing; a file on storage never is.
 */
static int open_for_mapping(struct area *area, int path_fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", path_fd);
	return open(path, (area->memory == AREA_PAGE_CACHE ? O_RDONLY : O_RDWR) | O_CLOEXEC);
}

/* Open for reading what PATH_FD, an O_PATH descriptor, names; it is closed. */
static const char *open_area(struct area *area, int path_fd, struct stat *st)
{
	const char *why = "open";

	area->fd = -1;
	if (path_fd < 0 || fstat(path_fd, st) != 0 || find_memory(area, path_fd) != 0)
		goto out;
	/* Never open a device: that alone can have effects. */
	why = "device";
	if (!S_ISREG(st->st_mode))
		goto out;
	why = "open";
	area->fd = open_for_mapping(area, path_fd);
	if (area->fd < 0)
		goto out;
	why = "sealed";
	int seals = fcntl(area->fd, F_GET_SEALS);

	if (seals >= 0 && seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		area_close(area);
	else
		why = NULL;
out:
	if (path_fd >= 0) {
		int error = errno;

		close(path_fd);
		errno = error;
	}
	return why;
}

const char *area_of_vma(struct area *area, const struct root *root, pid_t pid, uint64_t start,
	const struct vma *vma)
{
	struct stat st;
	const char *why;

	*area = (struct area){
		.offset = vma->offset,
		.size = vma->end - vma->start,
		.pid = pid,
		.start = start,
		.va = vma->start,
		.major = vma->major,
		.minor = vma->minor,
		.inode = vma->inode,
		.path = vma->path,
	};
	why = open_area(area,
		root_openat(root, O_PATH, "proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid, vma->start,
			vma->end),
		&st);
	/* File systems on storage may show other numbers here than in maps. */
	if (why || area->memory == AREA_PAGE_CACHE || st.st_ino == vma->inode)
		return why;
	area_close(area);
	return "changed";
}

const char *area_of_file(struct area *area, const char *path)
{
	struct stat st;

	*area = (struct area){.path = path};

	const char *why = open_area(area, open(path, O_PATH | O_CLOEXEC), &st);

	if (!why)
		area->size = ((uint64_t)st.st_size + area->page - 1) / area->page * area->page;
	return why;
}

void area_close(struct area *area)
{
	if (area->fd >= 0)
		close(area->fd);
	area->fd = -1;
}

const char *area_kind(const struct area *area)
{
	static const char *const kinds[] = {
		[AREA_SHMEM] = "shmem",
		[AREA_HUGETLB] = "hugetlb",
		[AREA_PAGE_CACHE] = "file",
	};

	return kinds[area->memory];
}

uint64_t area_va(const struct area *area, uint64_t offset)
{
	return area->va + (offset - area->offset);
}

static bool is_same_file(const struct area *area, const struct vma *vma)
{
	return vma->shared && vma->inode == area->inode && vma->major == area->major &&
	       vma->minor == area->minor;
}

bool area_is_mapped(const struct area *area, const struct root *root, uint64_t offset)
{
	static struct maps maps;
	static struct vma vma;
	uint64_t va = area_va(area, offset);
	bool found = false;

	if (maps_open(&maps, root, area->pid) != 0)
		return false;
	while (!found && maps_next(&maps, &vma) > 0 && vma.start <= va)
		found = va < vma.end && vma.offset + (va - vma.start) == offset &&
			is_same_file(area, &vma);
	maps_close(&maps);
	return found && process_is(root, area->pid, area->start);
}
