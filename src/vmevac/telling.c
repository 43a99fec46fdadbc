/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "telling.h"
#include "rec.h"

#include <stdio.h>

static struct rec_writer record;

static const char *backing(const struct vm_backend *backend)
{
	static const char *const words[] = {[VM_MEMORY_RAM] = "anon",
		[VM_MEMORY_FILE] = "file",
		[VM_MEMORY_MEMFD] = "shmem",
		[VM_MEMORY_SHM] = "shmem"};

	return backend->memory == VM_MEMORY_OTHER ? NULL : words[backend->memory];
}

static void put_known(const char *key, uint64_t value)
{
	if (value)
		rec_put_u64(&record, key, value);
}

static void put_nodes(const char *key, uint64_t nodes)
{
	struct word_list list = {0};
	char node[24];

	for (unsigned int i = 0; i < PAGES_NODES_MAX; i++) {
		if (!(nodes >> i & 1))
			continue;
		snprintf(node, sizeof(node), "%u", i);
		word_list_add(&list, node);
	}
	word_list_put(&list, &record, key);
}

static int print_vm(const struct telling *telling, const struct root *root)
{
	const struct vmargs *args = &telling->vm->args;

	rec_begin(&record, "vm");
	rec_put_text(&record, "vm", telling->name);
	rec_put_u64(&record, "pid", (uint64_t)telling->vm->pid);
	rec_put_text(&record, "state", vm_state_words[telling->condition.state]);
	if (telling->condition.status[0])
		rec_put_text(&record, "runstate", telling->condition.status);
	if (args->uuid[0])
		rec_put_text(&record, "uuid", args->uuid);
	rec_put_text(&record, "accel", vm_has_kvm(root, telling->vm->pid) ? "kvm" : "tcg");
	put_known("ram", args->ram);
	if (args->backends && backing(&args->backend[0]))
		rec_put_text(&record, "backing", backing(&args->backend[0]));
	put_known("pagesize", telling->pages.size);
	put_nodes("numa", telling->pages.nodes);
	if (telling->knows_poison)
		rec_put_u64(&record, "poisoned", telling->poisoned);
	word_list_put(&telling->blockers, &record, "hazards");
	if (telling->knows_dirty_rate)
		rec_put_u64(&record, "dirty_rate", telling->dirty_rate);
	if (telling->qmp)
		rec_put_text(&record, "qmp", telling->qmp);
	return rec_send(&record, stdout);
}

/* SIZE bytes of a backend from OFFSET on, that are one range to the guest. */
static int print_piece(const struct telling *telling, const struct root *root, unsigned int i,
	uint64_t offset, uint64_t size)
{
	const struct vm_backend *backend = &telling->vm->args.backend[i];
	const struct vm_mapping *mapping = &telling->vm->mapping[i];
	struct pages pages = {0};
	uint64_t gpa;

	rec_begin(&record, "ram");
	rec_put_text(&record, "vm", telling->name);
	rec_put_u64(&record, "pid", (uint64_t)telling->vm->pid);
	rec_put_text(&record, "backend", backend->id);
	if (telling_is_mapped(mapping))
		rec_put_addr(&record, "va", mapping->start + offset);
	put_known("size", size);
	if (backend->is_ram && vmargs_gpa(&telling->vm->args, backend->base + offset, &gpa))
		rec_put_addr(&record, "gpa", gpa);
	if (backing(backend))
		rec_put_text(&record, "backing", backing(backend));
	if (telling_is_mapped(mapping)) {
		pages_find(&pages, root, telling->vm->pid, mapping->start, mapping->end);
		put_known("pagesize", pages.size);
		put_nodes("numa", pages.nodes);
	}
	if (backend->path[0])
		rec_put_text(&record, "file", backend->path);
	if (!backend->shared)
		rec_put_text(&record, "hazards", "private");
	return rec_send(&record, stdout);
}

/* How much of a backend from its start on is below the gap that guests have below 4 GiB. */
static uint64_t before_gap(const struct vm *vm, const struct vm_backend *backend)
{
	uint64_t low = 0, high = backend->size, first, gpa;

	if (!backend->is_ram || !vmargs_gpa(&vm->args, backend->base, &first))
		return high;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		/* Where nothing is certain, the chipset shows other things in the midst of it. */
		if (!vmargs_gpa(&vm->args, backend->base + middle, &gpa) || gpa - first == middle)
			low = middle;
		else
			high = middle;
	}
	return high;
}

int telling_print(const struct telling *telling, const struct root *root)
{
	if (print_vm(telling, root) != 0)
		return -1;
	for (unsigned int i = 0; i < telling->vm->args.backends; i++) {
		const struct vm_backend *backend = &telling->vm->args.backend[i];
		uint64_t low = before_gap(telling->vm, backend);

		if (print_piece(telling, root, i, 0, low) != 0)
			return -1;
		if (low < backend->size &&
			print_piece(telling, root, i, low, backend->size - low) != 0)
			return -1;
	}
	return 0;
}
