/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ramblocks - all memory that a QEMU gives to its guest, from "info ramblock" of its monitor. */
#ifndef MEMPATROL_VMEVAC_RAMBLOCKS_H
#define MEMPATROL_VMEVAC_RAMBLOCKS_H

#include "vmargs.h"

enum { RAMBLOCK_NAME_MAX = 256 };

struct ramblock {
	char name[RAMBLOCK_NAME_MAX];
	uint64_t size;
};

/*
 * ramblocks_next - the next block in *TEXT (ram_block_format() in system/physmem.c of QEMU), which
 * moves behind it; false: no more.  Lines of another form are passed over.
 */
bool ramblocks_next(const char **text, struct ramblock *out);

/*
 * ramblocks_find_other - a block that is neither a backend on the command line nor firmware, of
 * which an equal machine has the same: its content would be lost.
 */
bool ramblocks_find_other(const char *text, const struct vmargs *args, struct ramblock *out);

/* ramblocks_hint - the option that spares a machine such a block, or what to do else. */
const char *ramblocks_hint(const struct ramblock *block);

#endif
