/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vms - the virtual machines that run here, and which of their mappings is guest RAM.
 *
 *	vms_open(&vms, &root);
 *	while (vms_next(&vms, &vm) > 0) {
 *		vm_find_ram(&vm, &root, &maps);
 *		for each VMA of vm.pid: vm_is_ram(&vm, &vma, &ram), vm_gpa(&vm, &ram, va)
 *	}
 *
 * Nothing is allocated; a struct vm is large (some 40 KiB) and best static.
 */
#ifndef MEMPATROL_VMS_H
#define MEMPATROL_VMS_H

#include "maps.h"
#include "process.h"
#include "vmargs.h"

/* Longest command line that is read; libvirt's have some 16 KiB. */
enum { VMS_CMDLINE_MAX = 256 << 10 };

/* The mapping that is a backend. */
struct vm_mapping {
	uint64_t start, end;
	unsigned int candidates; /* only one is certain */
};

struct vm {
	pid_t pid;
	uint64_t start; /* see process_start() */
	struct vmargs args;
	struct vm_mapping mapping[VMARGS_BACKENDS_MAX]; /* of args.backend, after vm_find_ram() */
};

/* What a VMA is to the guest. */
struct vm_ram {
	const struct vm_backend *backend; /* NULL: guest RAM, but not known which */
	uint64_t va;                      /* where the mapping of the backend begins */
};

struct vms {
	const struct root *root;
	struct process_list processes;
	size_t cmdline_len; /* of the process that was looked at last; 0: too long */
	char cmdline[VMS_CMDLINE_MAX];
};

/* vms_open - begin to list the virtual machines; -1 with errno. */
int vms_open(struct vms *vms, const struct root *root);

/*
 * vms_next - the next process that is a virtual machine: its executable is
 * qemu-system-*, or it has a virtual machine of KVM open.  Returns 1, 0 behind the last,
 * or -1 with errno.  Of processes that may not be looked into, only the name is known.
 * A command line longer than VMS_CMDLINE_MAX is as if it were empty, but doubtful.
 */
int vms_next(struct vms *vms, struct vm *out);

void vms_close(struct vms *vms);

/* vms_take - process PID: 1 when it is a virtual machine, then in *out; 0, or -1, as above. */
int vms_take(struct vms *vms, pid_t pid, struct vm *out);

/* vm_has_kvm - process PID has a virtual machine of KVM open, as far as may be seen. */
bool vm_has_kvm(const struct root *root, pid_t pid);

/* vm_is_called - the name, or the UUID (of either case), is NAME. */
bool vm_is_called(const struct vm *vm, const char *name);

/*
 * vm_find_ram - look for the mapping of each backend among the areas of vm->pid, with MAPS
 * to work in.  Found is what has a backend's size and kind of file, but for huge pages that have
 * been replaced (maps_is_replacement()), and is the only one.  -1 with errno, as maps_open() and
 * maps_next().
 */
int vm_find_ram(struct vm *vm, const struct root *root, struct maps *maps);

/*
 * vm_place_ram - what vm_find_ram() could not tell apart: BACKEND is the mapping that has address
 * VA, if that can be it, and certain then.  -1 with errno, as above.
 */
int vm_place_ram(struct vm *vm, const struct root *root, struct maps *maps, unsigned int backend,
	uint64_t va);

/*
 * vm_is_ram - VMA is guest RAM: a backend's mapping, or any large shared mapping of memory
 * (plugged in later, or of a backend that could not be told from another).
 */
bool vm_is_ram(const struct vm *vm, const struct vma *vma, struct vm_ram *out);

/* vm_gpa - the guest physical address of address VA in guest RAM, where it is certain. */
bool vm_gpa(const struct vm *vm, const struct vm_ram *ram, uint64_t va, uint64_t *gpa);

#endif
