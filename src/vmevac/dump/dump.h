/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump - what a dump is made of, and the reading of memory into it: parts of vmevac dump. */
#ifndef MEMPATROL_VMEVAC_DUMP_H
#define MEMPATROL_VMEVAC_DUMP_H

#include "elf_head.h"
#include "kernel_note.h"
#include "peek.h"
#include "sink.h"
#include "vms.h"

struct dump {
	const char *name; /* of the machine */
	const struct vm *vm;
	struct layout layout;
	struct elf_head head;
	struct sink sink;
	struct kernel_note kernel_note;
	unsigned int number; /* of the range that is being read */
	struct peek peek;
	bool (*is_interrupted)(void);
};

/*
 * dump_copy - read all memory into the sink, and what is lost of it into the head and, as skip
 * records, to standard output.  0, or -1 with errno and dump->peek.why.
 */
int dump_copy(struct dump *dump, const struct root *root);

#endif
