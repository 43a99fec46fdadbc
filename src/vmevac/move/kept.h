/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kept - bytes that come piece by piece, and are kept in a file of memory that has no name. */
#ifndef MEMPATROL_VMEVAC_KEPT_H
#define MEMPATROL_VMEVAC_KEPT_H

#include <stddef.h>
#include <stdint.h>

/* The state of a machine with many devices has less than 2 MiB, firmware at most 16. */
enum { KEPT_MAX = 64 << 20 };

struct kept {
	int fd; /* -1: nothing yet */
	uint64_t size;
};

/* kept_add - SIZE bytes more; 0, or -1 with errno (EFBIG: more than KEPT_MAX). */
int kept_add(struct kept *kept, const void *data, size_t size);

void kept_close(struct kept *kept);

#endif
