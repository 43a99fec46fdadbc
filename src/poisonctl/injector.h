/* SPDX-License-Identifier: GPL-2.0-or-later */
/* injector - the ways in which a page can be made bad, for drills. */
#ifndef MEMPATROL_INJECTOR_H
#define MEMPATROL_INJECTOR_H

#include "root.h"

#include <stdbool.h>
#include <stdint.h>

/* The page that is to go bad. */
struct victim {
	uint64_t addr; /* physical */
	char *own;     /* where this process has it mapped; NULL: it is somebody else's */
};

struct injector {
	const char *name;
	const char *control; /* the file that must be there, or NULL */
	const char *module;  /* that brings it */
	bool own_only;       /* cannot reach any other page */
	int (*inject)(
		const struct root *root, const struct victim *victim); /* 0, or -1 with errno */
};

/*
 * injector_find - "madvise": MADV_HWPOISON (madvise(2)).  "hwpoison": the module hwpoison-inject
 * (Documentation/mm/hwpoison.rst).  "einj": firmware plants an uncorrectable error (Documentation/
 * firmware-guide/acpi/apei/einj.rst); in a page of one's own it is then met by a load.  "mce": the
 * module mce-inject has a corrected error logged, no page goes bad.  NULL for any other NAME.
 */
const struct injector *injector_find(const char *name);

#endif
