/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources.h"
#include "num.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct maps maps;
static struct vms vms;
static struct vm vm;

/* --- The list --- */

static const char *add(struct sources *sources, enum source_kind kind, const char *text)
{
	if (sources->count == SOURCES_MAX)
		return "one too many";
	if (!*text)
		return "empty";
	sources->source[sources->count++] = (struct source){.kind = kind, .text = text};
	return NULL;
}

const char *sources_add_process(const char *text, void *to)
{
	struct sources *sources = to;
	uint64_t pid;
	const char *why = num_count(text, 1, INT32_MAX, &pid);

	if (!why)
		why = add(sources, SOURCE_PROCESS, text);
	if (!why)
		sources->source[sources->count - 1].pid = (pid_t)pid;
	return why;
}

const char *sources_add_file(const char *text, void *to)
{
	return add(to, SOURCE_FILE, text);
}

const char *sources_add_vm(const char *text, void *to)
{
	return add(to, SOURCE_VM, text);
}

const char *sources_add_free(struct sources *sources)
{
	return add(sources, SOURCE_FREE, "memory");
}

const char *source_word(const struct source *source)
{
	static const char *const words[] = {[SOURCE_PROCESS] = "process",
		[SOURCE_FILE] = "file",
		[SOURCE_VM] = "vm",
		[SOURCE_FREE] = "free"};

	return words[source->kind];
}

bool sources_has_free(const struct sources *sources)
{
	for (unsigned int i = 0; i < sources->count; i++)
		if (sources->source[i].kind == SOURCE_FREE)
			return true;
	return false;
}

bool source_is_all(const struct source *source)
{
	return source->kind == SOURCE_VM && !strcmp(source->text, "all");
}

void sources_name(const struct sources *sources, char *out, size_t size)
{
	size_t len = 0;

	for (unsigned int i = 0; i < sources->count; i++) {
		const struct source *source = &sources->source[i];

		len += (size_t)snprintf(out + len, size - len, "%s%s:%s", i ? "," : "",
			source_word(source), source->text);
		if (len >= size) {
			snprintf(out, size, "several");
			return;
		}
	}
}

const struct source *sources_missing(const struct sources *sources)
{
	for (unsigned int i = 0; i < sources->count; i++)
		if (!sources->source[i].found && !source_is_all(&sources->source[i]))
			return &sources->source[i];
	return NULL;
}

/* --- What it makes now --- */

/* Memory of PID as a whole. */
static void skip_memory(const struct visitor *visitor, pid_t pid, const struct vm *machine,
	const char *reason, uint64_t bytes, int error, const char *hint)
{
	struct area area = {.fd = -1, .pid = pid, .vm = machine};
	struct skip skip = {{.area = &area}, reason, bytes, error, hint};

	visitor->skip(visitor->context, &skip);
}

static void visit_vma(const struct visitor *visitor, const struct root *root, pid_t pid,
	uint64_t start, const struct vma *vma, const struct vm_ram *ram)
{
	struct area area;
	const char *why = area_of_vma(&area, root, pid, start, vma);
	int error = why && !strcmp(why, "open") ? errno : 0;

	if (ram) {
		area.vm = &vm;
		area.ram = *ram;
	}
	if (!why) {
		visitor->area(visitor->context, &area);
		area_close(&area);
		return;
	}

	struct skip skip = {{.area = &area, .offset = area.offset}, why, area.size, error, NULL};

	visitor->skip(visitor->context, &skip);
}

/* Memory of the kernel's own, the same in every process. */
static bool is_kernel_mapping(const struct vma *vma)
{
	return !strcmp(vma->path, "[vsyscall]") || !strncmp(vma->path, "[vdso", 5) ||
	       !strncmp(vma->path, "[vvar", 5);
}

/* What the end of a list of areas means, MORE being the last answer of maps_next(). */
static void end_areas(const struct visitor *visitor, const struct root *root, pid_t pid,
	uint64_t start, const struct vm *machine, int more)
{
	int error = errno;

	maps_close(&maps);
	if (!process_is(root, pid, start)) /* its list ends with it, wherever that was */
		skip_memory(visitor, pid, machine, "gone", 0, 0, NULL);
	else if (more < 0)
		skip_memory(visitor, pid, machine, "failed", 0, error, NULL);
}

static bool walk_process(const struct visitor *visitor, const struct root *root, pid_t pid)
{
	static struct vma vma;
	uint64_t private_bytes = 0, start;
	int more;

	if (process_start(root, pid, &start) != 0 || maps_open(&maps, root, pid) != 0)
		return false;
	while ((more = maps_next(&maps, &vma)) > 0) {
		if (is_kernel_mapping(&vma))
			continue;
		if (vma.shared)
			visit_vma(visitor, root, pid, start, &vma, NULL);
		else
			private_bytes += vma.end - vma.start;
	}
	if (private_bytes)
		skip_memory(visitor, pid, NULL, "private", private_bytes, 0, NULL);
	end_areas(visitor, root, pid, start, NULL, more);
	return true;
}

static bool walk_file(const struct visitor *visitor, const char *path)
{
	struct area area;
	const char *why = area_of_file(&area, path);

	if (why) {
		errno = strcmp(why, "open") != 0 ? ENOTSUP : errno;
		return false;
	}
	visitor->area(visitor->context, &area);
	area_close(&area);
	return true;
}

/* The option of QEMU that would let others read the backend. */
static const char *hint_for(const struct vm_backend *backend)
{
	switch (backend->memory) {
	case VM_MEMORY_MEMFD:
	case VM_MEMORY_FILE:
		return backend->implicit ? "-object memory-backend-file,share=on" : "share=on";
	default:
		return "-object memory-backend-memfd,share=on";
	}
}

/* Guest RAM that the command line names and that no shared mapping was found for. */
static void skip_hidden(const struct visitor *visitor)
{
	for (unsigned int i = 0; i < vm.args.backends; i++) {
		const struct vm_backend *backend = &vm.args.backend[i];

		if (!backend->shared)
			skip_memory(visitor, vm.pid, &vm, "private", backend->size, 0,
				hint_for(backend));
	}
}

/* Is guest RAM all there?  A size that is not known cannot be missed. */
static void skip_unknown(const struct visitor *visitor, uint64_t shared_seen)
{
	uint64_t shared = 0;

	for (unsigned int i = 0; i < vm.args.backends; i++)
		if (vm.args.backend[i].shared)
			shared += vm.args.backend[i].size;
	if (shared > shared_seen)
		skip_memory(visitor, vm.pid, &vm, "unmapped", shared - shared_seen, 0, NULL);
	if (!vm.args.ram)
		skip_memory(visitor, vm.pid, &vm, "unknown", 0, 0, NULL);
}

static void walk_vm(const struct visitor *visitor, const struct root *root)
{
	static struct vma vma;
	struct vm_ram ram;
	uint64_t shared = 0;
	int more;

	if (vm_find_ram(&vm, root, &maps) != 0 || maps_open(&maps, root, vm.pid) != 0) {
		skip_memory(visitor, vm.pid, &vm, "open", vm.args.ram, errno, NULL);
		return;
	}
	while ((more = maps_next(&maps, &vma)) > 0) {
		if (!vma.shared || !vm_is_ram(&vm, &vma, &ram))
			continue;
		shared += vma.end - vma.start;
		visit_vma(visitor, root, vm.pid, vm.start, &vma, &ram);
	}
	skip_hidden(visitor);
	skip_unknown(visitor, shared);
	end_areas(visitor, root, vm.pid, vm.start, &vm, more);
}

static bool is_wanted(struct sources *sources)
{
	bool wanted = false;

	for (unsigned int i = 0; i < sources->count; i++) {
		struct source *source = &sources->source[i];

		if (source->kind != SOURCE_VM ||
			(!source_is_all(source) && !vm_is_called(&vm, source->text)))
			continue;
		source->found = true;
		wanted = true;
	}
	return wanted;
}

/* Machines that are wanted and do not run. */
static void skip_missing(const struct sources *sources, const struct visitor *visitor)
{
	for (unsigned int i = 0; i < sources->count; i++) {
		const struct source *source = &sources->source[i];

		if (source->kind != SOURCE_VM || source->found || source_is_all(source))
			continue;
		snprintf(vm.args.name, sizeof(vm.args.name), "%s", source->text);
		skip_memory(visitor, 0, &vm, "gone", 0, 0, NULL);
	}
}

static void walk_vms(struct sources *sources, const struct visitor *visitor)
{
	int more;

	if (vms_open(&vms, sources->root) != 0) {
		skip_memory(visitor, 0, NULL, "failed", 0, errno, NULL);
		return;
	}
	while ((more = vms_next(&vms, &vm)) > 0)
		if (is_wanted(sources))
			walk_vm(visitor, sources->root);
	if (more < 0)
		skip_memory(visitor, 0, NULL, "failed", 0, errno, NULL);
	vms_close(&vms);
	skip_missing(sources, visitor);
}

static void walk_one(struct sources *sources, struct source *source, const struct visitor *visitor)
{
	if (source->kind == SOURCE_PROCESS)
		source->found = walk_process(visitor, sources->root, source->pid);
	else
		source->found = walk_file(visitor, source->text);
	if (!source->found) {
		struct area area = {.pid = source->pid,
			.path = source->kind == SOURCE_FILE ? source->text : NULL};
		struct skip skip = {{.area = &area}, "open", 0, errno, NULL};

		visitor->skip(visitor->context, &skip);
	}
}

void sources_walk(struct sources *sources, const struct visitor *visitor)
{
	bool vms_wanted = false;

	for (unsigned int i = 0; i < sources->count; i++) {
		struct source *source = &sources->source[i];

		source->found = false;
		if (source->kind == SOURCE_VM)
			vms_wanted = true;
		else if (source->kind == SOURCE_FREE)
			source->found = true;
		else
			walk_one(sources, source, visitor);
	}
	if (vms_wanted)
		walk_vms(sources, visitor);
}
