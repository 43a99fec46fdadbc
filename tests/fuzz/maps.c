/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any line as one of /proc/PID/maps: what was read, printed as the kernel does, is read the same.
 */
#include "maps.h"
#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>

static int print_vma(char *line, size_t size, const struct vma *vma)
{
	return snprintf(line, size,
		"%08" PRIx64 "-%08" PRIx64 " %c%c%c%c %08" PRIx64 " %02x:%02x %" PRIu64 " %s",
		vma->start, vma->end, vma->readable ? 'r' : '-', vma->writable ? 'w' : '-',
		vma->executable ? 'x' : '-', vma->shared ? 's' : 'p', vma->offset, vma->major,
		vma->minor, vma->inode, vma->path);
}

static void check_same(const struct vma *a, const struct vma *b)
{
	MUST(a->start == b->start && a->end == b->end);
	MUST(a->readable == b->readable && a->writable == b->writable);
	MUST(a->executable == b->executable && a->shared == b->shared);
	MUST(a->offset == b->offset && a->inode == b->inode);
	MUST(a->major == b->major && a->minor == b->minor);
	MUST(strcmp(a->path, b->path) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vma vma, again;
	char *line = fuzz_copy(data, size);
	const char *why = maps_parse(line, size, &vma);

	free(line);
	if (why) {
		MUST(*why);
		return 0;
	}

	char printed[sizeof(vma.path) + 256];
	int len = print_vma(printed, sizeof(printed), &vma);

	MUST(vma.start < vma.end);
	MUST(maps_parse(printed, (size_t)len, &again) == NULL);
	check_same(&vma, &again);
	return 0;
}
