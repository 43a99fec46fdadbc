/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * processors - the registers of a machine's processors, as notes of an ELF core.
 *
 * For each one there is a note CORE, NT_PRSTATUS, as for a thread of a process, and a note QEMU
 * with what belongs to the processor as a whole, as dump-guest-memory of QEMU writes them
 * (target/i386/arch_dump.c), but for the last field there, which the monitor does not tell.
 */
#ifndef MEMPATROL_VMEVAC_PROCESSORS_H
#define MEMPATROL_VMEVAC_PROCESSORS_H

#include "elf_head.h"
#include "qmp.h"
#include "registers.h"

struct processors {
	unsigned int count;
	struct registers *of; /* allocated */
};

/*
 * processors_ask - of all processors; what is no x86-64 has none.  0, or -1 with errno and
 * qmp->why.
 */
int processors_ask(struct processors *processors, struct qmp *qmp, uint16_t machine);

void processors_free(struct processors *processors);

/* processors_notes_size - the room that processors_put() takes. */
size_t processors_notes_size(const struct processors *processors);

void processors_put(const struct processors *processors, struct elf_head *head);

#endif
