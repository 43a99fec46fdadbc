/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a kernel's command line: holes are ranges, and without them there are none. */
#include "memmap.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);
	struct memmap_hole hole;
	size_t at = 0, before = 0, len;

	MUST(line);
	memcpy(line, data, size);
	line[size] = '\0';
	for (; memmap_next(line, &at, &hole); before = at)
		MUST(hole.start < hole.end && at > before && at <= size);
	len = memmap_strip(line);
	MUST(len <= size && strlen(line) == len);
	at = 0;
	MUST(!memmap_next(line, &at, &hole));
	free(line);
	return 0;
}
