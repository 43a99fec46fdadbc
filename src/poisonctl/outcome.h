/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outcome - what became of a wish, and its record: TYPE addr size mode result ... (records(5)). */
#ifndef MEMPATROL_OUTCOME_H
#define MEMPATROL_OUTCOME_H

#include "frame.h"
#include "say.h"

#include <stdint.h>

struct outcome {
	uint64_t addr, size;
	const char *mode;
	const char *result; /* done, already, failed or refused */
	const char *reason; /* or NULL, as those below */
	const char *kind;   /* of the page before */
	const char *state;  /* afterwards */
	uint64_t poisoned;  /* pages in the range that the kernel calls bad */
	int error;          /* an errno, or 0 */
	int unseen;         /* why it could not be seen what is there afterwards: an errno, or 0 */
};

/* Why nothing was tried in a run that only shows what would be: no failure. */
#define OUTCOME_DRY_RUN "dry-run"

/* outcome_refuse, outcome_fail - set the result, and why. */
void outcome_refuse(struct outcome *outcome, const char *reason);
void outcome_fail(struct outcome *outcome, int error);

/* outcome_cover - it is about all of the page that FRAME is part of. */
void outcome_cover(struct outcome *outcome, const struct frame *frame);

/*
 * outcome_look_again - look up FRAME anew in FD, an open kpageflags: is it poisoned now?  When that
 * fails outcome_send() says so, for what was done is to be told all the same.
 */
bool outcome_look_again(struct outcome *outcome, int fd, struct frame *frame);

/*
 * outcome_send - print the record.  STATUS_SOME when the wish was not fulfilled; STATUS_FAILED,
 * with a message, when it could not be seen what has become of it.
 */
enum status outcome_send(const struct outcome *outcome, const char *type);

#endif
