/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report - the records that memscan prints, and the sums of its last one. */
#ifndef MEMPATROL_MEMSCAN_REPORT_H
#define MEMPATROL_MEMSCAN_REPORT_H

#include "area.h"
#include "blocks.h"
#include "guard.h"

#include <stdint.h>
#include <time.h>

/* What became of the bytes asked for: each of them is in exactly one of the first four. */
struct tally {
	uint64_t scanned;     /* read */
	uint64_t holes;       /* no memory there */
	uint64_t unreachable; /* taken away by the kernel, for an error known or just met */
	uint64_t skipped;     /* could not be read, see the skip records */
	uint64_t hits;        /* errors met */
	uint64_t known;       /* pages that were known to be bad before */
};

/* Where something was found. */
struct place {
	const struct area *area;
	uint64_t offset; /* in the area's file */
};

/*
 * report_hit - an error met by a load: a ue record at physical address PHYSICAL, or a
 * fault record when that is 0 (unknown).
 */
void report_hit(const struct place *place, const struct blocks *blocks, uint64_t physical,
	const struct guard_fault *fault);

/* report_known - a page record: the kernel knew the base page at PHYSICAL to be bad. */
void report_known(const struct place *place, const struct blocks *blocks, uint64_t physical,
	const char *kind);

/*
 * report_skip - BYTES at PLACE were not read: the word for why, and the errno that
 * said so, or 0.
 */
void report_skip(const struct place *place, uint64_t bytes, const char *reason, int error);

/* report_skip_private - BYTES of process PID are private to it. */
void report_skip_private(pid_t pid, uint64_t bytes);

/*
 * report_done - the last record: everything asked for was dealt with, which was process PID, or
 * FILE when that is 0; since START (CLOCK_MONOTONIC).
 */
void report_done(
	pid_t pid, const char *file, const struct tally *tally, const struct timespec *start);

#endif
