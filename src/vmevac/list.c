/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac list - the virtual machines that run here. */
#include "blockers.h"
#include "cli.h"
#include "clock.h"
#include "condition.h"
#include "pages.h"
#include "targets.h"
#include "vmevac.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct root root;
static struct targets targets = {.root = &root, .timeout_ns = 3 * CLOCK_SECOND};

static const struct cli_option options[] = {TARGETS_OPTIONS(targets), {0}};

static const struct cli cli = {
	.usage = "[--qmp VM=SOCKET]... [--timeout TIME]",
	.summary = "Print the virtual machines that run here, and their memory.",
	.options = options,
	.root = &root,
};

static struct rec_writer record;
static uint64_t skipped; /* machines of which not all could be told */

/* What is to be told of a machine. */
struct telling {
	struct vm *vm;
	char label[TARGET_LABEL_MAX];
	const char *name;
	struct condition condition;
	struct word_list blockers;
	struct pages pages; /* of all of its RAM */
	bool knows_poison;
	uint64_t poisoned;
};

static void send(void)
{
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
}

static void skip(const struct telling *telling, const char *reason, int error, const char *hint)
{
	rec_begin(&record, "skip");
	rec_put_text(&record, "src", "vmevac");
	rec_put_text(&record, "reason", reason);
	if (error)
		rec_put_errno(&record, "errno", error);
	if (hint)
		rec_put_text(&record, "hint", hint);
	rec_put_text(&record, "vm", telling->name);
	rec_put_u64(&record, "pid", (uint64_t)telling->vm->pid);
	send();
	skipped++;
}

/* --- What QEMU says --- */

static void ask(struct telling *telling)
{
	struct qmp qmp;
	int result = targets_connect(&targets, telling->vm, &qmp);

	if (result == 0) {
		result = condition_find(&telling->condition, &root, telling->vm->pid, &qmp);

		int error = errno;

		qmp_close(&qmp);
		errno = error;
	}
	if (result == 0)
		return;
	if (errno == ENODATA)
		skip(telling, "no-socket", 0, "--qmp");
	else
		skip(telling, "no-answer", errno, NULL);
	if (condition_find(&telling->condition, &root, telling->vm->pid, NULL) != 0)
		skip(telling, "descriptors", errno, NULL);
}

/* --- What the kernel says --- */

static bool is_mapped(const struct vm_mapping *mapping)
{
	return mapping->candidates == 1;
}

static void look_at_pages(struct telling *telling)
{
	telling->knows_poison = true;
	for (unsigned int i = 0; i < telling->vm->args.backends; i++) {
		const struct vm_mapping *mapping = &telling->vm->mapping[i];
		struct pages pages;
		uint64_t count;

		if (!is_mapped(mapping)) {
			telling->knows_poison = false;
			continue;
		}
		if (pages_find(&pages, &root, telling->vm->pid, mapping->start, mapping->end) ==
			0) {
			telling->pages.nodes |= pages.nodes;
			telling->pages.size = pages.size;
		}
		if (pages_poisoned(&root, telling->vm->pid, mapping->start, mapping->end, &count) ==
			0)
			telling->poisoned += count;
		else
			telling->knows_poison = false;
	}
}

static void look(struct telling *telling)
{
	static struct maps maps;

	if (blockers_find(&telling->blockers, &root, telling->vm) != 0)
		skip(telling, "descriptors", errno, NULL);
	if (vm_find_ram(telling->vm, &root, &maps) != 0)
		skip(telling, "maps", errno, NULL);
	else
		look_at_pages(telling);
}

/* --- Records --- */

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

static void print_vm(const struct telling *telling)
{
	const struct vmargs *args = &telling->vm->args;
	const char *socket = targets_socket(&targets, telling->vm);

	rec_begin(&record, "vm");
	rec_put_text(&record, "vm", telling->name);
	rec_put_u64(&record, "pid", (uint64_t)telling->vm->pid);
	rec_put_text(&record, "state", vm_state_words[telling->condition.state]);
	if (telling->condition.status[0])
		rec_put_text(&record, "runstate", telling->condition.status);
	if (args->uuid[0])
		rec_put_text(&record, "uuid", args->uuid);
	rec_put_text(&record, "accel", vm_has_kvm(&root, telling->vm->pid) ? "kvm" : "tcg");
	put_known("ram", args->ram);
	if (args->backends && backing(&args->backend[0]))
		rec_put_text(&record, "backing", backing(&args->backend[0]));
	put_known("pagesize", telling->pages.size);
	put_nodes("numa", telling->pages.nodes);
	if (telling->knows_poison)
		rec_put_u64(&record, "poisoned", telling->poisoned);
	word_list_put(&telling->blockers, &record, "hazards");
	if (socket)
		rec_put_text(&record, "qmp", socket);
	send();
}

/* SIZE bytes of a backend from OFFSET on, that are one range to the guest. */
static void print_piece(
	const struct telling *telling, unsigned int i, uint64_t offset, uint64_t size)
{
	const struct vm_backend *backend = &telling->vm->args.backend[i];
	const struct vm_mapping *mapping = &telling->vm->mapping[i];
	struct pages pages = {0};
	uint64_t gpa;

	rec_begin(&record, "ram");
	rec_put_text(&record, "vm", telling->name);
	rec_put_u64(&record, "pid", (uint64_t)telling->vm->pid);
	rec_put_text(&record, "backend", backend->id);
	if (is_mapped(mapping))
		rec_put_addr(&record, "va", mapping->start + offset);
	put_known("size", size);
	if (backend->is_ram && vmargs_gpa(&telling->vm->args, backend->base + offset, &gpa))
		rec_put_addr(&record, "gpa", gpa);
	if (backing(backend))
		rec_put_text(&record, "backing", backing(backend));
	if (is_mapped(mapping)) {
		pages_find(&pages, &root, telling->vm->pid, mapping->start, mapping->end);
		put_known("pagesize", pages.size);
		put_nodes("numa", pages.nodes);
	}
	if (backend->path[0])
		rec_put_text(&record, "file", backend->path);
	if (!backend->shared)
		rec_put_text(&record, "hazards", "private");
	send();
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

static void print_ram(const struct telling *telling)
{
	for (unsigned int i = 0; i < telling->vm->args.backends; i++) {
		const struct vm_backend *backend = &telling->vm->args.backend[i];
		uint64_t low = before_gap(telling->vm, backend);

		print_piece(telling, i, 0, low);
		if (low < backend->size)
			print_piece(telling, i, low, backend->size - low);
	}
}

static void tell(struct vm *vm)
{
	static struct telling telling;

	telling = (struct telling){.vm = vm};
	telling.name = target_label(vm, telling.label);
	ask(&telling);
	look(&telling);
	if (!process_is(&root, vm->pid, vm->start)) {
		skip(&telling, "gone", 0, NULL);
		return;
	}
	print_vm(&telling);
	print_ram(&telling);
}

static void finish(void)
{
	rec_begin(&record, "done");
	rec_put_text(&record, "src", "vmevac");
	rec_put_text(&record, "scope", "list");
	rec_put_u64(&record, "skipped", skipped);
	send();
}

enum status vmevac_list(int argc, char **argv)
{
	static struct vms vms;
	static struct vm vm;
	int more;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	if (vms_open(&vms, &root) != 0)
		die_errno(STATUS_FAILED, "read /proc");
	while ((more = vms_next(&vms, &vm)) > 0)
		tell(&vm);
	if (more < 0)
		die_errno(STATUS_FAILED, "read /proc");
	vms_close(&vms);
	finish();
	return STATUS_DONE;
}
