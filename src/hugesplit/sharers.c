/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sharers.h"
#include "process.h"
#include "say.h"

#include <errno.h>

static int look_into(const struct root *root, pid_t pid, const struct target *target,
	int (*each)(pid_t pid, uint64_t va, void *context), void *context)
{
	struct maps maps;
	struct vma area;
	uint64_t va;
	int more, result = 0;

	if (maps_open(&maps, root, pid) != 0) {
		if (errno == ENOENT || errno == ESRCH)
			return 0;
		say_errno("look whether process %d maps the page", pid);
		return -1;
	}
	while (result == 0 && (more = maps_next(&maps, &area)) > 0)
		if (target_maps_page(target, &area, &va) &&
			!(pid == target->pid && va == target->va))
			result = each(pid, va, context);
	maps_close(&maps);
	/* A process that ends has no more areas; one that may not be looked into is an error. */
	return result == 0 && more < 0 && errno != ESRCH ? -1 : result;
}

int sharers_each(const struct root *root, const struct target *target,
	int (*each)(pid_t pid, uint64_t va, void *context), void *context)
{
	struct process_list processes;
	unsigned int pid;
	int more, result = 0;

	if (process_list_open(&processes, root, "proc") != 0)
		return -1;
	while (result == 0 && (more = process_list_next(&processes, &pid)) > 0)
		result = look_into(root, (pid_t)pid, target, each, context);
	process_list_close(&processes);
	return result == 0 && more < 0 ? -1 : result;
}
