/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iomem - what physical addresses are used for: /proc/iomem (proc(5), kernel/resource.c).
 *
 * Names: "System RAM", and within it "Kernel code", "Kernel rodata", "Kernel data", "Kernel bss"
 * and "Crash kernel"; "Reserved" is what firmware or memmap= keeps from the kernel
 * (arch/x86/kernel/e820.c).
 */
#ifndef MEMPATROL_IOMEM_H
#define MEMPATROL_IOMEM_H

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IOMEM_RANGES_MAX = 4096, IOMEM_NAME_MAX = 48 };

struct iomem_range {
	uint64_t start, last;      /* physical byte addresses, both within */
	unsigned int depth;        /* 0: not part of another */
	char name[IOMEM_NAME_MAX]; /* cut at its end */
};

struct iomem {
	unsigned int ranges;
	struct iomem_range range[IOMEM_RANGES_MAX]; /* in the order of the file */
};

/* iomem_parse - one line without its LF, LEN bytes; NULL, or the reason that it is none. */
const char *iomem_parse(const char *line, size_t len, struct iomem_range *out);

/*
 * iomem_read - NULL; or the reason, and errno of the system call that failed or 0.
 * Whoever is not root sees zeros only, which is an error here.
 */
const char *iomem_read(struct iomem *iomem, const struct root *root);

/*
 * iomem_find - the first range, at any depth, that overlaps the bytes START to LAST and whose name
 * begins with NAME; or NULL.
 */
const struct iomem_range *iomem_find(
	const struct iomem *iomem, const char *name, uint64_t start, uint64_t last);

/* iomem_is_ram - all bytes from START to LAST are memory that the kernel uses. */
bool iomem_is_ram(const struct iomem *iomem, uint64_t start, uint64_t last);

#endif
