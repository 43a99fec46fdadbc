/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any line as one of /proc/iomem: what was read, printed as the kernel does, is read the same. */
#include "iomem.h"
#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct iomem iomem;
	struct iomem_range again, *range = &iomem.range[0];
	char printed[256], *line = fuzz_copy(data, size);
	const char *why = iomem_parse(line, size, range);
	int len;

	free(line);
	if (why || range->depth > 50)
		return 0;
	MUST(range->start <= range->last && strlen(range->name) < IOMEM_NAME_MAX);
	len = snprintf(printed, sizeof(printed), "%*s%08" PRIx64 "-%08" PRIx64 " : %s",
		(int)range->depth * 2, "", range->start, range->last, range->name);
	MUST(iomem_parse(printed, (size_t)len, &again) == NULL);
	MUST(again.start == range->start && again.last == range->last &&
		again.depth == range->depth && !strcmp(again.name, range->name));
	iomem.ranges = 1;
	MUST(iomem_find(&iomem, range->name, range->last, range->last) == range);
	return 0;
}
