/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { LARGE_BYTES = 1 << 20 }; /* smaller shared mappings are rings and flags, not RAM */

static bool begins_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* --- Which processes --- */

static bool is_qemu_path(const char *path)
{
	const char *slash = strrchr(path, '/');

	return begins_with(slash ? slash + 1 : path, "qemu-system-");
}

bool vm_has_kvm(const struct root *root, pid_t pid)
{
	struct process_list fds;
	char path[64], target[64];
	unsigned int fd;
	bool found = false;

	snprintf(path, sizeof(path), "proc/%d/fd", pid);
	if (process_list_open(&fds, root, path) != 0)
		return false; /* not ours to look at, or gone */
	while (!found && process_list_next(&fds, &fd) > 0) {
		snprintf(path, sizeof(path), "proc/%d/fd/%u", pid, fd);
		found = process_link(root, target, sizeof(target), path) > 0 &&
			!strcmp(target, "anon_inode:kvm-vm");
	}
	process_list_close(&fds);
	return found;
}

/* Kernel threads and zombies have no command line. */
static bool is_vm(const struct vms *vms, pid_t pid, size_t cmdline_len)
{
	char path[64], target[PATH_MAX];

	if (cmdline_len == 0)
		return false;
	snprintf(path, sizeof(path), "proc/%d/exe", pid);
	if (process_link(vms->root, target, sizeof(target), path) > 0)
		return is_qemu_path(target) || vm_has_kvm(vms->root, pid);
	return is_qemu_path(vms->cmdline);
}

int vms_open(struct vms *vms, const struct root *root)
{
	vms->root = root;
	return process_list_open(&vms->processes, root, "proc");
}

void vms_close(struct vms *vms)
{
	process_list_close(&vms->processes);
}

int vms_take(struct vms *vms, pid_t pid, struct vm *out)
{
	if (process_start(vms->root, pid, &out->start) != 0)
		return -1;

	ssize_t len =
		root_read(vms->root, vms->cmdline, sizeof(vms->cmdline), "proc/%d/cmdline", pid);
	bool too_long = len < 0 && errno == EFBIG;

	if (len < 0 && !too_long)
		return -1;
	vms->cmdline[sizeof(vms->cmdline) - 1] = '\0';
	vms->cmdline_len = too_long ? 0 : (size_t)len;
	if (!is_vm(vms, pid, too_long ? sizeof(vms->cmdline) : (size_t)len))
		return 0;
	memset(out->mapping, 0, sizeof(out->mapping));
	out->pid = pid;
	vmargs_parse(&out->args, vms->cmdline, too_long ? 0 : (size_t)len);
	out->args.doubtful |= too_long;
	if (process_is(vms->root, pid, out->start))
		return 1;
	errno = ESRCH; /* or all of this is of another process, which has got its number */
	return -1;
}

int vms_next(struct vms *vms, struct vm *out)
{
	unsigned int pid;
	int more;

	while ((more = process_list_next(&vms->processes, &pid)) > 0) {
		int taken = vms_take(vms, (pid_t)pid, out);

		if (taken > 0)
			return 1;
		if (taken < 0 && errno != ENOENT && errno != ESRCH)
			return -1; /* other than gone since it was listed */
	}
	return more;
}

bool vm_is_called(const struct vm *vm, const char *name)
{
	return *name && (!strcmp(vm->args.name, name) || !strcasecmp(vm->args.uuid, name));
}

/* --- Which mappings --- */

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

/* What may be a backend: one area, or several that a policy or advice for a part has cut. */
struct run {
	struct vma vma;
	uint64_t next_offset;
};

static bool continues(const struct run *run, const struct vma *vma)
{
	const struct vma *last = &run->vma;

	return last->end == vma->start && last->inode && last->inode == vma->inode &&
	       last->major == vma->major && last->minor == vma->minor &&
	       last->shared == vma->shared && run->next_offset == vma->offset;
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
		if (run.vma.end && continues(&run, &vma)) {
			run.vma.end = vma.end;
		} else {
			if (run.vma.end)
				visit(vm, &run.vma, context);
			run.vma = vma;
		}
		run.next_offset = vma.offset + (vma.end - vma.start);
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
