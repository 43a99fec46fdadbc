/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scrubber - the kernel's controls of hardware that reads memory and corrects it.
 *
 * Two kinds.  A memory controller has one rate (/sys/devices/system/edac/mc/mcN/sdram_scrub_rate,
 * Documentation/ABI/testing/sysfs-devices-edac).  A scrub feature, of CXL memory or ACPI RAS2
 * (Linux 6.15: /sys/bus/edac/devices/NAME/scrubN, Documentation/ABI/testing/sysfs-edac-scrub), has
 * a background scrub with the time of a cycle, a scrub of a range on demand, or both.
 */
#ifndef MEMPATROL_SCRUBBER_H
#define MEMPATROL_SCRUBBER_H

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scrubber_control {
	SCRUBBER_RATE,       /* bytes a second; 0: does not scrub */
	SCRUBBER_BACKGROUND, /* 1: scrubs in the background, 0: does not */
	SCRUBBER_CYCLE,      /* seconds in which all memory is scrubbed once */
	SCRUBBER_CYCLE_MIN,
	SCRUBBER_CYCLE_MAX,
	SCRUBBER_ADDR, /* written: starts to scrub from there; read: 0 when it is not at it */
	SCRUBBER_SIZE, /* of that range in bytes; written before the address */
	SCRUBBER_CONTROLS
};

enum { SCRUBBER_NAME = 128 };

struct scrubber {
	char name[SCRUBBER_NAME]; /* "mc0", "cxl_region0/scrub0" */
	const char *folder;       /* of the name, below the root */
};

struct scrubbers {
	struct scrubber *scrubber; /* by kind, and by name */
	size_t n;
};

/*
 * scrubbers_find - everything that has a control, none at all among it.  -1 with errno.
 * scrubbers_free - give it back.
 */
int scrubbers_find(struct scrubbers *scrubbers, const struct root *root);
void scrubbers_free(struct scrubbers *scrubbers);

/*
 * scrubber_read - what a control says now.
 * -1 with errno: ENOENT (it has no such control), EOPNOTSUPP (sdram_scrub_rate says -1), EBADMSG
 * (not a number), or what its driver answered.
 */
int scrubber_read(const struct root *root, const struct scrubber *scrubber,
	enum scrubber_control control, uint64_t *out);

/* scrubber_write - set a control; -1 with errno, which is the driver's answer or ENOENT. */
int scrubber_write(const struct root *root, const struct scrubber *scrubber,
	enum scrubber_control control, uint64_t value);

#endif
