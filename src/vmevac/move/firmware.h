/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * firmware - the block of RAM that holds a PC's firmware, "pc.bios".
 *
 * A QEMU that waits for a machine leaves it empty (rom_reset() in hw/core/loader.c), for it
 * comes with the RAM of a migration; without it the machine would not outlive its next reset.
 * It is QEMU's own memory, which nobody else can map.
 */
#ifndef MEMPATROL_VMEVAC_FIRMWARE_H
#define MEMPATROL_VMEVAC_FIRMWARE_H

#include "inject.h"
#include "qmp.h"

/* The largest that an i440fx or q35 has room for (x86_bios_rom_init() in hw/i386/x86-common.c). */
enum { FIRMWARE_MAX = 16 << 20 };

struct firmware {
	uint64_t va; /* in QEMU */
	uint64_t size;
};

/* firmware_find - where it is; of size 0 where there is none.  0, or -1 as qmp_execute(). */
int firmware_find(struct qmp *qmp, struct firmware *out);

/*
 * firmware_read - process PID itself writes it to FD, an empty file of ours: so the kernel
 * copies from its user, which it survives should the memory be bad.  IN is to work with, as for
 * inject_stop().  0, or -1 with errno.
 */
int firmware_read(const struct firmware *firmware, struct inject *in, const struct root *root,
	pid_t pid, int fd);

/* firmware_write - put what FD holds into process PID; 0, or -1 with errno. */
int firmware_write(const struct firmware *firmware, pid_t pid, int fd);

#endif
