/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outlet - records on standard output, each written at once.
 *
 * What cannot be written any more is dropped: the loop asks outlet_is_open() and ends.
 */
#ifndef MEMPATROL_OUTLET_H
#define MEMPATROL_OUTLET_H

#include "say.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* An event.  Keys that are NULL or 0 are left out. */
struct raw {
	struct timespec t;
	const char *src;
	const char *text;
	size_t len;
	bool cut;         /* the text went on */
	uint64_t lost;    /* so many events are missing at this place */
	const char *vm;   /* name of the virtual machine that it came from */
	const char *was;  /* what a counter was before */
	const char *dimm; /* label of the memory module */
};

/*
 * outlet_open - SIGNALS becomes readable when the program is to end, which it then does even
 * if nobody takes its records.
 */
void outlet_open(int signals);

void outlet_raw(const struct raw *raw);

/* outlet_skip - from now on events of SOURCE are missed, for the reason it failed with. */
void outlet_skip(const struct source *source);

/* outlet_done - everything was handed over, but for what was lost or skipped. */
void outlet_done(void);

bool outlet_is_open(void);

/* outlet_hang_up - the reader of standard output is gone. */
void outlet_hang_up(void);

/*
 * outlet_close - the status of it all.  Of a reader that has gone the program dies here, as
 * any filter does: by SIGPIPE.
 */
enum status outlet_close(void);

#endif
