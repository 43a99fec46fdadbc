/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layout - where a guest's physical memory is in its QEMU, as QEMU itself tells. */
#ifndef MEMPATROL_VMEVAC_LAYOUT_H
#define MEMPATROL_VMEVAC_LAYOUT_H

#include "qmp.h"

enum { LAYOUT_RANGES_MAX = 256 };

struct layout_range {
	uint64_t gpa, size;
	uint64_t va; /* in the QEMU */
};

struct layout {
	unsigned int ranges;
	struct layout_range range[LAYOUT_RANGES_MAX]; /* in order of gpa, none beside another */
};

/*
 * layout_ask - all RAM and ROM that the processors see: what dump-guest-memory of QEMU dumps
 * (guest_phys_block_add_section() in system/memory_mapping.c).  0, or -1 with errno and
 * qmp->why: EOVERFLOW when there are more than LAYOUT_RANGES_MAX ranges, EBADMSG when it tells
 * of none.
 */
int layout_ask(struct layout *layout, struct qmp *qmp);

/* layout_size - bytes of all ranges. */
uint64_t layout_size(const struct layout *layout);

#endif
