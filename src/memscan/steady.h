/* SPDX-License-Identifier: GPL-2.0-or-later */
/* steady - between two pieces of a sweep: hold the pace, give way, tell how far it is, stop. */
#ifndef MEMPATROL_STEADY_H
#define MEMPATROL_STEADY_H

#include "pace.h"
#include "report.h"
#include "root.h"

#include <stdbool.h>

struct steady {
	const struct root *root;
	struct pace pace;
	uint64_t max_hits; /* stop at so many errors; 0: never */

	/* Of the sweep that goes on: */
	uint64_t start;
	uint64_t backed_off; /* ns given away because memory was short */

	uint64_t hits;    /* of all sweeps */
	bool stopped;     /* by a signal or at max_hits: the sweep is not complete */
	bool at_max_hits; /* the second of these */
	uint64_t next_look, next_line;
	bool waiting; /* memory is short, and that has been said */
};

/* steady_start - a sweep of BYTES begins. */
void steady_start(struct steady *steady, uint64_t bytes);

/*
 * steady_go_on - what has become of the sweep so far, TALLY; returns, when it is time for the
 * next piece, true, and false when there is to be none.
 */
bool steady_go_on(struct steady *steady, const struct tally *tally);

/* steady_end - the sweep is over: TALLY, and the line on the terminal is wiped. */
void steady_end(struct steady *steady, const struct tally *tally);

/* steady_wait - sleep until the next sweep may start; false when there is to be none. */
bool steady_wait(struct steady *steady);

#endif
