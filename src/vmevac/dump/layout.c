/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout.h"
#include "mtree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int ask_va(struct qmp *qmp, uint64_t gpa, uint64_t *va)
{
	char line[32], *text;
	bool found;

	snprintf(line, sizeof(line), "gpa2hva 0x%" PRIx64, gpa);
	if (qmp_monitor(qmp, line, &text) != 0)
		return -1;
	found = mtree_hva(text, gpa, va);
	free(text);
	return found ? 0 : qmp_fail(qmp, EBADMSG, "it does not tell where its memory is");
}

/* The chipset shows main memory in pieces of different rights, which go on into each other. */
static void add(struct layout *layout, const struct layout_range *range)
{
	struct layout_range *last = &layout->range[layout->ranges - 1];

	if (layout->ranges && last->gpa + last->size == range->gpa &&
		last->va + last->size == range->va)
		last->size += range->size;
	else
		layout->range[layout->ranges++] = *range;
}

int layout_ask(struct layout *layout, struct qmp *qmp)
{
	static struct mtree_range found[LAYOUT_RANGES_MAX];
	size_t count;
	char *text;

	layout->ranges = 0;
	if (qmp_monitor(qmp, "info mtree -f", &text) != 0)
		return -1;
	count = mtree_parse(text, found, LAYOUT_RANGES_MAX);
	free(text);
	if (count > LAYOUT_RANGES_MAX)
		return qmp_fail(qmp, EOVERFLOW, "too many ranges of memory");
	for (size_t i = 0; i < count; i++) {
		struct layout_range range = {.gpa = found[i].gpa, .size = found[i].size};

		if (i && range.gpa < found[i - 1].gpa + found[i - 1].size)
			return qmp_fail(qmp, EBADMSG, "its ranges of memory overlap");
		if (ask_va(qmp, range.gpa, &range.va) != 0)
			return -1;
		add(layout, &range);
	}
	return layout->ranges ? 0 : qmp_fail(qmp, EBADMSG, "no memory in its list");
}

uint64_t layout_size(const struct layout *layout)
{
	uint64_t size = 0;

	for (unsigned int i = 0; i < layout->ranges; i++)
		size += layout->range[i].size;
	return size;
}
