/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmargs - what QEMU's command line says of a virtual machine: its name, and its memory.
 *
 * The command line tells how the machine was started; memory plugged in later is not there.
 */
#ifndef MEMPATROL_VMARGS_H
#define MEMPATROL_VMARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	VMARGS_NAME_MAX = 256,
	VMARGS_ID_MAX = 64,
	VMARGS_UUID_MAX = 37,
	VMARGS_BACKENDS_MAX = 64,
	VMARGS_NODES_MAX = 64,
	VMARGS_CHARDEVS_MAX = 16,
};

/* How the guest's physical addresses run through its RAM. */
enum vm_layout {
	VM_LAYOUT_UNKNOWN,
	VM_LAYOUT_PC,  /* machines pc-i440fx-2.1 and later */
	VM_LAYOUT_Q35, /* machines pc-q35-* */
};

enum vm_memory { VM_MEMORY_RAM, VM_MEMORY_FILE, VM_MEMORY_MEMFD, VM_MEMORY_SHM, VM_MEMORY_OTHER };

/* A memory-backend object, or the memory that -m alone makes (id "pc.ram"). */
struct vm_backend {
	char id[VMARGS_ID_MAX];
	enum vm_memory memory;
	uint64_t size; /* 0: not known */
	bool shared;
	bool implicit;              /* made by -m, -mem-path */
	char path[VMARGS_NAME_MAX]; /* mem-path; "": none, or too long */
	bool is_ram;                /* all of it is main memory, */
	uint64_t base;              /* and begins there in it */
};

/* A character device that is a socket with a path, or one that QEMU has inherited. */
struct vm_chardev {
	char id[VMARGS_ID_MAX];
	char path[VMARGS_NAME_MAX];
	bool is_inherited;
};

struct vmargs {
	char name[VMARGS_NAME_MAX]; /* "": none given */
	char uuid[VMARGS_UUID_MAX]; /* lower case; "": none given */
	uint64_t ram;               /* bytes of main memory; 0: not known */
	uint64_t ram_max;           /* with what may be plugged in */
	enum vm_layout layout;
	uint64_t below_4g_limit; /* max-ram-below-4g; 0: the machine's own */
	unsigned int backends;
	struct vm_backend backend[VMARGS_BACKENDS_MAX];
	/*
	 * The socket of its first QMP monitor, as QEMU would open it: in its root and from its
	 * working directory.  "": none.
	 */
	char qmp[VMARGS_NAME_MAX];
	bool is_libvirts; /* instead, that monitor is a descriptor that libvirt has the other end of
			   */

	/* While it is being read: */
	char main_backend[VMARGS_ID_MAX];
	char mem_path[VMARGS_NAME_MAX];
	unsigned int nodes;
	char node_backend[VMARGS_NODES_MAX][VMARGS_ID_MAX]; /* by number of the NUMA node */
	char qmp_chardev[VMARGS_ID_MAX];
	unsigned int chardevs;
	struct vm_chardev chardev[VMARGS_CHARDEVS_MAX];
	bool doubtful; /* something was not understood that may move or replace main memory */
};

/*
 * vmargs_parse - the LEN bytes of a /proc/PID/cmdline: words, a NUL behind each.
 * Always succeeds; what is not understood is as if it were not known.
 */
void vmargs_parse(struct vmargs *args, const char *cmdline, size_t len);

/* vmargs_has_argument - option NAME, without its dashes, takes one. */
bool vmargs_has_argument(const char *name);

/*
 * vmargs_gpa - the guest physical address of byte OFFSET of main memory, where that is
 * certain: false for other machine types, and from 640 KiB to 1 MiB, where the chipset
 * decides what the guest sees.
 *
 * pc: up to 3.5 GiB, or 3 GiB where that is too little, lies at 0, the rest at 4 GiB
 * (pc_init1() in hw/i386/pc_piix.c of QEMU).  q35: 2.75 GiB, or 2 GiB
 * (pc_q35_init() in hw/i386/pc_q35.c).  Guests of AMD that reach 1012 GiB get the rest
 * elsewhere (pc_memory_init() in hw/i386/pc.c), so nothing is said of guests that might.
 */
bool vmargs_gpa(const struct vmargs *args, uint64_t offset, uint64_t *gpa);

#endif
