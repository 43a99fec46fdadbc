/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot_needs - which memory the next kernel must have, as far as this one tells: it will be put
 * and will put things where this one was, but for what it chooses at random.
 *
 * For programs only: what cannot be read ends the program.
 */
#ifndef MEMPATROL_BOOT_NEEDS_H
#define MEMPATROL_BOOT_NEEDS_H

#include "iomem.h"

enum {
	/* COMMAND_LINE_SIZE of x86 without its NUL (arch/x86/include/asm/setup.h). */
	BOOT_COMMAND_LINE_MAX = 2047,
};

struct boot_needs {
	struct iomem iomem;
	char command_line[BOOT_COMMAND_LINE_MAX + 2]; /* of this kernel */
	size_t len;                                   /* of that without memmap=...$... */
	uint64_t initrd, initrd_end;                  /* where the boot loader put it; half open */
};

/* boot_needs_read - from proc/iomem, proc/cmdline and sys/kernel/boot_params below ROOT. */
void boot_needs_read(struct boot_needs *needs, const struct root *root);

/* boot_refusal - why the bytes from START to END - 1 must not be reserved, or NULL. */
const char *boot_refusal(const struct boot_needs *needs, uint64_t start, uint64_t end);

#endif
