/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report - the records that memscan prints, and the sums of its last one. */
#ifndef MEMPATROL_MEMSCAN_REPORT_H
#define MEMPATROL_MEMSCAN_REPORT_H

#include "area.h"
#include "blocks.h"
#include "guard.h"

#include <stdbool.h>
#include <stdint.h>

/* What became of the bytes asked for: in scanned, holes, unreachable or skipped, each in one. */
struct tally {
	uint64_t scanned;     /* read */
	uint64_t holes;       /* no memory there */
	uint64_t unreachable; /* taken away by the kernel, for an error known or just met */
	uint64_t zero_filled; /* free memory that the kernel filled with zeros before */
	uint64_t mismatched;  /* pages that did not keep what was written */
	uint64_t skipped;     /* could not be read, see the skip records */
	uint64_t hits;        /* errors met */
	uint64_t known;       /* pages that were known to be bad before */
	uint64_t unexplained; /* errors of the same time that the sweep did not meet */
	uint64_t late;        /* ns by which the sweep missed its period */
	uint64_t backed_off;  /* ns given away because memory was short */
	bool gone;            /* something was not there any more; nobody knows how much */
};

struct sources;

/* Where something was found. */
struct place {
	const struct area *area;
	uint64_t offset;   /* in the area's file */
	bool is_abandoned; /* the area's process does not map it any more: it is not told of */
};

/* An error met by a load. */
struct hit {
	struct place place;
	uint64_t physical; /* address of the base page; 0: not known */
	bool confirmed;    /* the kernel has marked that page */
	const struct guard_fault *fault;
	/* Of a huge page, what was read of it just before, without an error: */
	uint64_t verified_offset, verified_size; /* in the area's file; size 0: nothing */
	bool has_age;
	uint64_t verified_age; /* ns since all of it was */
};

/* report_hit - a ue record, or a fault record where the physical address is not known. */
void report_hit(const struct hit *hit, const struct blocks *blocks);

/* report_known - a page record: the kernel knew the base page at PHYSICAL to be bad. */
void report_known(const struct place *place, const struct blocks *blocks, uint64_t physical,
	const char *kind);

/* Memory that was to be read and was not. */
struct skip {
	struct place place;
	const char *reason; /* a word */
	uint64_t bytes;     /* 0: not known */
	int error;          /* the errno that said so, or 0 */
	const char *hint;   /* what would make it readable, or NULL */
};

void report_skip(const struct skip *skip);

/*
 * report_risk - a hit in this area costs its owner a whole huge page.  EARLY_KILL as
 * process_early_kill() says; less than 0 where it is not known.
 */
void report_risk(const struct area *area, int early_kill);

/* report_mismatch - the page at PHYSICAL did not keep what was written to it. */
void report_mismatch(const struct blocks *blocks, uint64_t physical);

/* report_unexplained - COUNT errors that the kernel dealt with and the sweep did not meet. */
void report_unexplained(uint64_t count);

/* report_area - an area that would be read. */
void report_area(const struct area *area);

/*
 * report_done - the last record of a sweep: everything that was asked for, SOURCES, was dealt
 * with.
 */
void report_done(const struct sources *sources, const struct tally *tally, uint64_t elapsed_ns);

#endif
