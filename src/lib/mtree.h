/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtree - where a guest's RAM is in its physical addresses, from what "info mtree -f" of
 * QEMU's monitor prints, and where QEMU has mapped it, from "gpa2hva"
 * (mtree_print_flatview() in system/memory.c, hmp_gpa2hva() in monitor/hmp-cmds-target.c).
 */
#ifndef MEMPATROL_MTREE_H
#define MEMPATROL_MTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MTREE_REGION_MAX = 64 };

struct mtree_range {
	uint64_t gpa, size;
	char region[MTREE_REGION_MAX]; /* its name, mostly that of the backend; "": too long */
};

/*
 * mtree_parse - the ranges of RAM, and of ROM that is in RAM, of address space "memory" in
 * TEXT, at most MAX of them.  Returns their number, MAX + 1 when there are more.
 * What has another form is as if it were not there.
 */
size_t mtree_parse(const char *text, struct mtree_range *out, size_t max);

/* mtree_hva - the address in QEMU that TEXT, the answer to gpa2hva, tells; false: none. */
bool mtree_hva(const char *text, uint64_t *out);

#endif
