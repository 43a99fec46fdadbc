/* SPDX-License-Identifier: GPL-2.0-or-later */
/* maps - the virtual memory areas (VMAs) of a process, from /proc/PID/maps (proc(5)). */
#ifndef MEMPATROL_MAPS_H
#define MEMPATROL_MAPS_H

#include "root.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct vma {
	uint64_t start, end; /* half open */
	bool readable, writable, executable, shared;
	uint64_t offset; /* of start in the file, in bytes */
	unsigned int major, minor;
	uint64_t inode; /* 0: no file */
	/*
	 * As the kernel prints it: "/memfd:ram (deleted)", "[heap]", "".  Cut at the end of
	 * the array: in directories nested deep enough, names are longer than PATH_MAX.
	 */
	char path[PATH_MAX + 16];
};

/*
 * maps_parse - one line without its LF, LEN bytes, into *out.
 * Returns NULL, or the reason it is not a line of that file.
 */
const char *maps_parse(const char *line, size_t len, struct vma *out);

/*
 * The name of the memory that hugesplit(8), or vmevac(8) at the target of a move, puts in the
 * place of a huge page (memfd_create(2)).
 */
#define MAPS_REPLACEMENT "hugesplit"

/* maps_is_replacement - the area is such memory. */
bool maps_is_replacement(const struct vma *vma);

struct maps {
	int fd;
	size_t start, end;
	bool at_end;
	bool skipping; /* inside a line that was too long, of which the area is known */
	char buffer[2 * (PATH_MAX + 256)];
};

/* maps_open - the areas of process PID; -1 with errno (ENOENT: no such process). */
int maps_open(struct maps *maps, const struct root *root, pid_t pid);

/*
 * maps_next - the next area in address order.
 * Returns 1, 0 behind the last, or -1 with errno (EBADMSG: a line that is none).
 */
int maps_next(struct maps *maps, struct vma *out);

void maps_close(struct maps *maps);

#endif
