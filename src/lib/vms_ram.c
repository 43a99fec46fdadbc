/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vms: which mappings are guest RAM. */
#include "vms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LARGE_BYTES = 1 << 20 }; /* smaller shared mappings are rings and flags, not RAM */

static bool begins_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* PATH, as maps shows it, is FILE, which may have been unlinked. */
static bool is_file(const char *path, const char *file, size_t len)
{
	return !strncmp(path, file, len) && (!path[len] || !strcmp(path + len, " (deleted)"));
}

/* In a directory QEMU makes a file named after the backend (file_ram_alloc(), system/physmem.c). */
static bool is_in_directory(const char *path, const struct vm_backend *backend)
{
	static const char *const formats[] = {
		"%s/qemu_back_mem.%s.", "%s/qemu_back_mem._objects_%s."};
	char start[2 * VMARGS_NAME_MAX];

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		snprintf(start, sizeof(start), formats[i], backend->path, backend->id);
		if (begins_with(path, start))
			return true;
	}
	return false;
}

static bool is_of_backend(const struct vma *vma, const struct vm_backend *backend)
{
	if (vma->shared != backend->shared)
		return false;
	if (maps_is_replacement(vma))
		return true; /* of whichever */
	switch (backend->memory) {
	case VM_MEMORY_MEMFD:
		return begins_with(vma->path, "/memfd:memory-backend-memfd");
	case VM_MEMORY_SHM:
		return begins_with(vma->path, "/dev/shm/");
	case VM_MEMORY_FILE:
		return backend->path[0] &&
		       (is_file(vma->path, backend->path, strlen(backend->path)) ||
			       is_in_directory(vma->path, backend));
	case VM_MEMORY_RAM:
		if (vma->shared)
			return begins_with(vma->path, "/dev/zero") ||
			       begins_with(vma->path, "/memfd:");
		return vma->inode == 0 && !vma->path[0] && vma->readable && vma->writable;
	case VM_MEMORY_OTHER:
		break;
	}
	return false;
}

/*
 * What may be a backend: one area, or several that a policy or advice for a part has cut, or in the
 * place of whose huge pages hugesplit(8) has put others.
 */
struct run {
	struct vma vma;      /* of the backend's own file, as soon as any of it has been seen */
	bool is_replacement; /* none has */
};

static bool is_of_any_backend(const struct vm *vm, const struct vma *vma)
{
	for (unsigned int i = 0; i < vm->args.backends; i++)
		if (is_of_backend(vma, &vm->args.backend[i]))
			return true;
	return false;
}

static bool is_same_file(const struct vma *a, const struct vma *b)
{
	return a->inode && a->inode == b->inode && a->major == b->major && a->minor == b->minor;
}

/* The first of its own file, behind replacements of SIZE bytes. */
static void take_file(struct run *run, const struct vma *vma, uint64_t size)
{
	uint64_t start = run->vma.start;

	run->vma = *vma;
	run->vma.start = start;
	run->vma.offset -= size;
	run->is_replacement = false;
}

/*
 * VMA goes on where the run ends.  What is beside a replacement by chance is of no backend; and no
 * two backends are beside each other, for QEMU leaves a page between (qemu_ram_mmap() in
 * util/mmap-alloc.c).
 */
static bool continue_run(const struct vm *vm, struct run *run, const struct vma *vma)
{
	uint64_t size = run->vma.end - run->vma.start;

	if (!size || run->vma.end != vma->start || run->vma.shared != vma->shared)
		return false;
	if (maps_is_replacement(vma)) {
		if (!is_of_any_backend(vm, &run->vma))
			return false;
	} else if (run->is_replacement) {
		if (vma->offset < size || !is_of_any_backend(vm, vma))
			return false;
		take_file(run, vma, size);
	} else if (!is_same_file(&run->vma, vma) || vma->offset != run->vma.offset + size) {
		return false;
	}
	run->vma.end = vma->end;
	return true;
}

static void begin_run(struct run *run, const struct vma *vma)
{
	run->vma = *vma;
	run->is_replacement = maps_is_replacement(vma);
}

static void try_backends(struct vm *vm, const struct vma *vma, void *context)
{
	unsigned int matches = 0;

	(void)context;
	if (vma->offset != 0)
		return;
	for (int pass = 0; pass < 2; pass++) {
		for (unsigned int i = 0; i < vm->args.backends; i++) {
			if (vma->end - vma->start != vm->args.backend[i].size ||
				!is_of_backend(vma, &vm->args.backend[i]))
				continue;
			if (pass == 0) {
				matches++;
				continue;
			}
			vm->mapping[i].start = vma->start;
			vm->mapping[i].end = vma->end;
			vm->mapping[i].candidates += matches;
		}
	}
}

static int each_run(struct vm *vm, const struct root *root, struct maps *maps,
	void (*visit)(struct vm *vm, const struct vma *run, void *context), void *context)
{
	static struct vma vma;
	static struct run run;
	int more;

	if (maps_open(maps, root, vm->pid) != 0)
		return -1;
	run.vma.start = run.vma.end = 0;
	while ((more = maps_next(maps, &vma)) > 0) {
		if (continue_run(vm, &run, &vma))
			continue;
		if (run.vma.end)
			visit(vm, &run.vma, context);
		begin_run(&run, &vma);
	}
	if (run.vma.end)
		visit(vm, &run.vma, context);
	int error = errno;

	maps_close(maps);
	errno = error;
	return more < 0 ? -1 : 0;
}

int vm_find_ram(struct vm *vm, const struct root *root, struct maps *maps)
{
	memset(vm->mapping, 0, sizeof(vm->mapping));
	return each_run(vm, root, maps, try_backends, NULL);
}

/* Where somebody who knows says that a backend is. */
struct place {
	unsigned int backend;
	uint64_t va;
};

static void try_place(struct vm *vm, const struct vma *vma, void *context)
{
	const struct place *place = context;
	const struct vm_backend *backend = &vm->args.backend[place->backend];

	if (vma->start <= place->va && place->va < vma->end && vma->offset == 0 &&
		vma->end - vma->start == backend->size && is_of_backend(vma, backend))
		vm->mapping[place->backend] = (struct vm_mapping){vma->start, vma->end, 1};
}

int vm_place_ram(struct vm *vm, const struct root *root, struct maps *maps, unsigned int backend,
	uint64_t va)
{
	struct place place = {backend, va};

	return each_run(vm, root, maps, try_place, &place);
}

/* A shared mapping of memory, rather than of a device. */
static bool is_large_shared(const struct vma *vma)
{
	static const char *const memory[] = {"/dev/shm/", "/dev/zero", "/dev/hugepages"};

	if (!vma->shared || !vma->writable || vma->end - vma->start < LARGE_BYTES ||
		vma->path[0] != '/')
		return false;
	if (!begins_with(vma->path, "/dev/"))
		return true;
	for (size_t i = 0; i < sizeof(memory) / sizeof(*memory); i++)
		if (begins_with(vma->path, memory[i]))
			return true;
	return false;
}

bool vm_is_ram(const struct vm *vm, const struct vma *vma, struct vm_ram *out)
{
	for (unsigned int i = 0; i < vm->args.backends; i++) {
		const struct vm_mapping *mapping = &vm->mapping[i];

		if (mapping->candidates != 1 || vma->start < mapping->start ||
			vma->end > mapping->end)
			continue;
		*out = (struct vm_ram){&vm->args.backend[i], mapping->start};
		return true;
	}
	*out = (struct vm_ram){NULL, vma->start};
	return is_large_shared(vma);
}

bool vm_gpa(const struct vm *vm, const struct vm_ram *ram, uint64_t va, uint64_t *gpa)
{
	if (!ram->backend || !ram->backend->is_ram)
		return false;
	return vmargs_gpa(&vm->args, ram->backend->base + (va - ram->va), gpa);
}
