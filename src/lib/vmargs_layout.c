/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vmargs_layout.h"

#include <string.h>
#include <sys/param.h>

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static struct vm_backend *find_backend(struct vmargs *args, const char *id)
{
	for (unsigned int i = 0; i < args->backends; i++)
		if (!strcmp(args->backend[i].id, id))
			return &args->backend[i];
	return NULL;
}

/* Main memory is the backends of the NUMA nodes, one behind the other in their order. */
static bool lay_out_nodes(struct vmargs *args)
{
	uint64_t base = 0;

	for (unsigned int node = 0; node < VMARGS_NODES_MAX; node++) {
		struct vm_backend *backend = find_backend(args, args->node_backend[node]);

		if (!args->node_backend[node][0])
			continue;
		if (!backend || !backend->size ||
			__builtin_add_overflow(base, backend->size, &backend->base))
			return false;
		backend->is_ram = true;
		base += backend->size;
		backend->base = base - backend->size;
	}
	return base == args->ram;
}

static bool lay_out_one(struct vmargs *args, struct vm_backend *backend)
{
	if (!backend)
		return false;
	backend->is_ram = true;
	return backend->size != 0 && backend->size == args->ram;
}

static struct vm_backend *add_implicit_backend(struct vmargs *args)
{
	struct vm_backend *backend = &args->backend[args->backends];

	if (args->backends == VMARGS_BACKENDS_MAX)
		return NULL;
	args->backends++;
	*backend = (struct vm_backend){
		.id = "pc.ram", .size = args->ram, .memory = VM_MEMORY_RAM, .implicit = true};
	if (args->mem_path[0]) {
		backend->memory = VM_MEMORY_FILE;
		memcpy(backend->path, args->mem_path, sizeof(backend->path));
	}
	return backend;
}

static bool nodes_have_backends(const struct vmargs *args)
{
	for (unsigned int node = 0; node < VMARGS_NODES_MAX; node++)
		if (args->node_backend[node][0])
			return true;
	return false;
}

void vmargs_lay_out(struct vmargs *args)
{
	struct vm_backend *named = find_backend(args, args->main_backend);
	bool certain;

	if (!args->ram && args->main_backend[0] && named)
		args->ram = named->size;
	else if (!args->ram && !args->doubtful)
		args->ram = 128 * MIB; /* mc->default_ram_size, hw/core/machine.c */
	if (nodes_have_backends(args))
		certain = lay_out_nodes(args);
	else if (args->main_backend[0])
		certain = lay_out_one(args, named);
	else
		certain = lay_out_one(args, add_implicit_backend(args));
	if (!certain)
		args->doubtful = true;
}

static uint64_t below_4g(const struct vmargs *args)
{
	uint64_t limit = args->below_4g_limit;

	if (args->layout == VM_LAYOUT_Q35) {
		uint64_t low = args->ram >= 0xb0000000 ? 0x80000000 : 0xb0000000;

		return limit ? MIN(low, limit) : low;
	}
	if (!limit)
		limit = 0xe0000000;
	return args->ram >= limit ? MIN(limit, 3 * GIB) : limit;
}

bool vmargs_gpa(const struct vmargs *args, uint64_t offset, uint64_t *gpa)
{
	uint64_t low = below_4g(args);

	if (args->doubtful || args->layout == VM_LAYOUT_UNKNOWN || offset >= args->ram)
		return false;
	if (args->ram > 512 * GIB || args->ram_max > 512 * GIB)
		return false; /* may reach the 1012 GiB, with the hole for PCI behind it */
	if (offset >= UINT64_C(640) << 10 && offset < MIB)
		return false;
	*gpa = offset < low ? offset : 4 * GIB + (offset - low);
	return true;
}
