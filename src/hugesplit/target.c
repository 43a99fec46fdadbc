/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int target_find(const struct root *root, pid_t pid, uint64_t va, struct target *out)
{
	int found = smaps_find(root, pid, va, &out->area);

	if (found <= 0)
		return found;
	out->pid = pid;
	out->size = out->area.page_size;
	out->va = va & ~(out->size - 1);
	out->offset = out->va - out->area.vma.start + out->area.vma.offset;
	return 1;
}

bool target_maps_page(const struct target *target, const struct vma *area, uint64_t *va)
{
	const struct vma *file = &target->area.vma;

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
		target->area.vma.start, target->area.vma.end);
}
