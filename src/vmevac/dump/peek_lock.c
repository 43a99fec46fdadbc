/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peek: private memory is locked while it is read.
 *
 * Errors cluster.  When one is met in a transparent huge page, the kernel splits that, and since
 * Linux 6.12 it looks which parts are all zero, to give them back: it reads them, and does not
 * survive a second error there.  Of memory that is locked it does not look at any
 * (try_to_map_unused_to_zeropage() in mm/migrate.c).
 */
#include "inject.h"
#include "lines.h"
#include "maps.h"
#include "peek.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* One more line of smaps (proc(5)); *inside says whether it is of the mapping at VA. */
static bool says_locked(const char *line, size_t len, uint64_t va, bool *inside)
{
	static const char flags[] = "VmFlags:", locked[] = " lo";
	static struct vma vma;

	if (maps_parse(line, len, &vma) == NULL)
		*inside = vma.start <= va && va < vma.end;
	return *inside && len > strlen(flags) && memcmp(line, flags, strlen(flags)) == 0 &&
	       memmem(line, len, locked, strlen(locked)) != NULL;
}

int peek_is_locked(const struct peek *peek, uint64_t va)
{
	static struct lines lines;
	int fd = root_openat(peek->root, O_RDONLY, "proc/%d/smaps", peek->pid);
	enum lines_event event;
	const char *line;
	size_t len;
	bool inside = false, locked = false;

	if (fd < 0)
		return -1;
	lines_open(&lines, fd);
	while (!locked && (event = lines_next(&lines, &line, &len)) == LINES_LINE)
		locked = says_locked(line, len, va, &inside);

	int error = errno;

	close(fd);
	errno = error;
	return locked ? 1 : event == LINES_ERROR ? -1 : 0;
}
