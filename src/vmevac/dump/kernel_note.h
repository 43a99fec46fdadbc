/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_note - the VMCOREINFO of a guest's kernel, from its memory.
 *
 * Linux keeps it as a note of ELF at the start of a page (crash_save_vmcoreinfo_init() in
 * kernel/vmcore_info.c); whether the guest has told QEMU where does not matter.
 */
#ifndef MEMPATROL_VMEVAC_KERNEL_NOTE_H
#define MEMPATROL_VMEVAC_KERNEL_NOTE_H

#include <stddef.h>
#include <stdint.h>

enum { KERNEL_NOTE_MAX = 4096 }; /* bytes of text: VMCOREINFO_BYTES */

#define KERNEL_NOTE_NAME "VMCOREINFO"

struct kernel_note {
	unsigned int found; /* different ones: one that is alone is the kernel's that runs */
	size_t len;
	char text[KERNEL_NOTE_MAX];
};

/* kernel_note_look - in SIZE bytes of memory, whole pages.  A note that goes on behind is none. */
void kernel_note_look(struct kernel_note *note, const char *data, size_t size);

#endif
