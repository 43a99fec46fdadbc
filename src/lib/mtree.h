/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtree - where a guest's RAM is in its physical addresses, from what "info mtree -f" of
 * QEMU's monitor prints, where QEMU has mapped it, from "gpa2hva", and which threads are its
 * processors, from "info cpus" (mtree_print_flatview() in system/memory.c, hmp_gpa2hva() in
 * monitor/hmp-cmds-target.c, hmp_info_cpus() in hw/core/machine-hmp-cmds.c).
 */
#ifndef MEMPATROL_MTREE_H
#define MEMPATROL_MTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

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

/*
 * mtree_hva - the address in QEMU of GPA that TEXT tells, the answers to gpa2hva for any
 * number of addresses; false: none.
 */
bool mtree_hva(const char *text, uint64_t gpa, uint64_t *out);

/*
 * mtree_thread - the next thread in *TEXT, an answer to "info cpus", which moves behind it.
 * *out is 0 when its number can be no thread's.  False: no more of them.
 */
bool mtree_thread(const char **text, pid_t *out);

#endif
