/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence - what the kernel counts of bad memory, for holding it against what a sweep met.
 *
 * A clean page of a file is dropped without a signal (me_pagecache_clean() in
 * mm/memory-failure.c): only the counters tell of it.
 */
#ifndef MEMPATROL_EVIDENCE_H
#define MEMPATROL_EVIDENCE_H

#include "root.h"

#include <stdbool.h>
#include <stdint.h>

struct evidence {
	bool counted;       /* the kernel has failures per node (Linux 6.4 and later) */
	uint64_t failures;  /* sum of /sys/devices/system/node/nodeN/memory_failure/total */
	bool known;         /* and HardwareCorrupted; not without CONFIG_MEMORY_FAILURE */
	uint64_t corrupted; /* HardwareCorrupted of /proc/meminfo, in pages */
};

/* evidence_read - as it is now; -1 with errno (EBADMSG: not the files the kernel writes). */
int evidence_read(struct evidence *evidence, const struct root *root);

/*
 * evidence_unexplained - errors that the kernel handled between BEFORE and AFTER and that are
 * not among the HITS met.  From failures where they are counted, for HardwareCorrupted also
 * counts pages taken out of use as a precaution.
 */
uint64_t evidence_unexplained(
	const struct evidence *before, const struct evidence *after, uint64_t hits);

#endif
