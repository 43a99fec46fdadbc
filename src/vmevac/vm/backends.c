/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "backends.h"
#include "mtree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANGES_MAX = 1024 };

static struct maps maps;

static bool is_certain(const struct vm *vm)
{
	for (unsigned int i = 0; i < vm->args.backends; i++)
		if (vm->mapping[i].candidates != 1)
			return false;
	return true;
}

static int place(
	struct vm *vm, const struct root *root, struct qmp *qmp, unsigned int backend, uint64_t gpa)
{
	char line[32], *text;
	uint64_t va;
	bool found;

	snprintf(line, sizeof(line), "gpa2hva 0x%" PRIx64, gpa);
	if (qmp_monitor(qmp, line, &text) != 0)
		return -1;
	found = mtree_hva(text, gpa, &va);
	free(text);
	return found ? vm_place_ram(vm, root, &maps, backend, va) : 0;
}

/* Any part of it tells where all of it is. */
static int place_one(struct vm *vm, const struct root *root, struct qmp *qmp, unsigned int backend,
	const struct mtree_range *range, size_t ranges)
{
	for (size_t i = 0; i < ranges; i++)
		if (strcmp(range[i].region, vm->args.backend[backend].id) == 0)
			return place(vm, root, qmp, backend, range[i].gpa);
	return 0;
}

static int place_all(struct vm *vm, const struct root *root, struct qmp *qmp)
{
	static struct mtree_range range[RANGES_MAX];
	size_t ranges;
	char *text;

	if (qmp_monitor(qmp, "info mtree -f", &text) != 0)
		return -1;
	ranges = mtree_parse(text, range, RANGES_MAX);
	free(text);
	if (ranges > RANGES_MAX)
		ranges = RANGES_MAX;
	for (unsigned int i = 0; i < vm->args.backends; i++)
		if (vm->mapping[i].candidates > 1 &&
			place_one(vm, root, qmp, i, range, ranges) != 0)
			return -1;
	return 0;
}

int backends_find(struct vm *vm, const struct root *root, struct qmp *qmp)
{
	qmp->why[0] = '\0';
	if (vm_find_ram(vm, root, &maps) != 0)
		return -1;
	return is_certain(vm) ? 0 : place_all(vm, root, qmp);
}
