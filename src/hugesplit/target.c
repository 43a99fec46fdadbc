/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "target.h"
#include "lines.h"
#include "page.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool begins_with(const char *line, size_t len, const char *start, const char **rest)
{
	size_t n = strlen(start);

	*rest = line + n;
	return len >= n && memcmp(line, start, n) == 0;
}

static void take_flags(struct target *out, const char *flags, size_t len)
{
	if (len >= sizeof(out->flags) - 1)
		len = sizeof(out->flags) - 2;
	memcpy(out->flags, flags, len);
	memcpy(out->flags + len, " ", 2);
}

/* "            2048 kB" in bytes; 0 where there is no number. */
static uint64_t parse_kib(const char *text, size_t len)
{
	uint64_t kib = 0;

	while (len && *text == ' ')
		text++, len--;
	for (; len && *text >= '0' && *text <= '9' && kib < UINT64_MAX >> 20; text++, len--)
		kib = kib * 10 + (uint64_t)(*text - '0');
	return kib << 10;
}

bool target_take_line(struct target *out, uint64_t va, bool *inside, const char *line, size_t len)
{
	const char *rest;

	if (!*inside) {
		*inside = maps_parse(line, len, &out->vma) == NULL && va >= out->vma.start &&
			  va < out->vma.end;
		return false;
	}
	if (begins_with(line, len, "KernelPageSize:", &rest))
		out->size = parse_kib(rest, len - (size_t)(rest - line));
	if (begins_with(line, len, "ShmemPmdMapped:", &rest))
		out->huge = parse_kib(rest, len - (size_t)(rest - line));
	if (!begins_with(line, len, "VmFlags:", &rest))
		return false;
	take_flags(out, rest, len - (size_t)(rest - line));
	return true;
}

static int look_for(struct lines *lines, uint64_t va, struct target *out)
{
	bool inside = false;
	const char *line;
	size_t len;
	enum lines_event event;

	while ((event = lines_next(lines, &line, &len)) == LINES_LINE)
		if (target_take_line(out, va, &inside, line, len))
			break;
	if (event == LINES_END)
		return 0;
	if (event == LINES_LINE && out->size && !(out->size & (out->size - 1)))
		return 1;
	if (event != LINES_ERROR)
		errno = EBADMSG;
	return -1;
}

int target_find(const struct root *root, pid_t pid, uint64_t va, struct target *out)
{
	static struct lines lines;
	int fd = root_openat(root, O_RDONLY, "proc/%d/smaps", pid);
	int found;

	if (fd < 0)
		return -1;
	out->pid = pid;
	out->size = PAGE_BYTES;
	lines_open(&lines, fd);
	found = look_for(&lines, va, out);
	close(fd);
	if (found <= 0)
		return found;
	out->va = va & ~(out->size - 1);
	out->offset = out->va - out->vma.start + out->vma.offset;
	return 1;
}

bool target_has(const struct target *target, const char *flag)
{
	char word[8];

	snprintf(word, sizeof(word), " %s ", flag);
	return strstr(target->flags, word) != NULL;
}

bool target_is_replaced(const struct target *target)
{
	return strcmp(target->vma.path, "/memfd:" TARGET_REPLACEMENT " (deleted)") == 0;
}

bool target_maps_page(const struct target *target, const struct vma *area, uint64_t *va)
{
	const struct vma *file = &target->vma;

	if (area->inode != file->inode || area->major != file->major ||
		area->minor != file->minor || target->offset < area->offset ||
		target->offset - area->offset >= area->end - area->start)
		return false;
	*va = area->start + (target->offset - area->offset);
	return true;
}

bool target_is_there(const struct root *root, const struct target *target)
{
	struct maps maps;
	struct vma area;
	uint64_t va;
	bool found = false;

	if (maps_open(&maps, root, target->pid) != 0)
		return false;
	while (!found && maps_next(&maps, &area) > 0)
		found = target_maps_page(target, &area, &va) && va == target->va;
	maps_close(&maps);
	return found;
}

int target_open(const struct root *root, const struct target *target, int flags)
{
	return root_openat(root, flags, "proc/%d/map_files/%" PRIx64 "-%" PRIx64, target->pid,
		target->vma.start, target->vma.end);
}
