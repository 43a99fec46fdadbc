/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "owners.h"
#include "owners_store.h"
#include "process.h"

#include <stdlib.h>

static void ignore_skip(pid_t pid, const char *reason, int error)
{
	(void)pid, (void)reason, (void)error;
}

static void ignore_no_answer(const struct vm *vm, const char *why)
{
	(void)vm, (void)why;
}

struct owners *owners_open(const struct root *root, const struct wanted *wanted)
{
	struct owners *owners = calloc(1, sizeof(*owners));

	if (!owners)
		return NULL;
	owners->skip = ignore_skip;
	owners->no_answer = ignore_no_answer;
	owners->root = root;
	owners->wanted = wanted;
	return owners;
}

void owners_hint(struct owners *owners, pid_t pid, uint64_t va, uint64_t pfn)
{
	if (owners->hints < OWNERS_HINTS_MAX)
		owners->hint[owners->hints++] = (struct owner_hint){pid, va, pfn};
}

static void take_found(void *context, const struct stretch *stretch)
{
	owners_keep(context, stretch);
}

static void take_taken(void *context, const struct taken *taken)
{
	owners_keep_taken(context, taken);
}

static int walk_current(struct owners *owners)
{
	return walk_process(&owners->walk, owners->pid);
}

static int by_process(const void *a, const void *b)
{
	const struct owner_hit *x = a, *y = b;

	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return x->va < y->va ? -1 : x->va > y->va;
}

void owners_sort_by_process(struct owners *owners)
{
	qsort(owners->hit, owners->hits, sizeof(*owners->hit), by_process);
	for (size_t i = 0; i < owners->processes; i++)
		owners->process[i].hits = 0;
	for (size_t i = 0; i < owners->hits; i++) {
		struct owner_process *process = owners->hit[i].process;

		if (process->hits++ == 0)
			process->first = i;
	}
}

static int by_frame(const void *a, const void *b)
{
	const struct owner_hit *x = a, *y = b;

	if (x->pfn != y->pfn)
		return x->pfn < y->pfn ? -1 : 1;
	if (x->process->pid != y->process->pid)
		return x->process->pid < y->process->pid ? -1 : 1;
	return x->va < y->va ? -1 : x->va > y->va;
}

/* What was found of a process that has ended meanwhile is nobody's. */
static void drop_gone(struct owners *owners)
{
	size_t kept = 0;

	for (size_t i = 0; i < owners->processes; i++) {
		struct owner_process *process = &owners->process[i];

		process->gone |= !process_is(owners->root, process->pid, process->start);
	}
	for (size_t i = 0; i < owners->hits; i++)
		if (!owners->hit[i].process->gone)
			owners->hit[kept++] = owners->hit[i];
	owners->hits = kept;
}

int owners_find(struct owners *owners)
{
	owners->walk.root = owners->root;
	owners->walk.wanted = owners->wanted;
	owners->walk.flags_fd = owners->flags_fd;
	owners->walk.found = take_found;
	owners->walk.taken = take_taken;
	owners->walk.context = owners;
	if (owners_each(owners, walk_current) != 0)
		return -1;
	owners_resolve(owners);
	owners_sort_by_process(owners);
	if (owners_find_sharers(owners) != 0)
		return -1;
	drop_gone(owners);
	qsort(owners->hit, owners->hits, sizeof(*owners->hit), by_frame);
	return 0;
}
