/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * intake - the one loop over incoming records, with what records(5) asks of
 * every reader about lines that are no records.
 *
 * For programs only: it says on standard error what was lost.
 */
#ifndef MEMPATROL_INTAKE_H
#define MEMPATROL_INTAKE_H

#include "rec.h"
#include "say.h"

enum intake_role {
	/* Goes on after a malformed line, ends with STATUS_SOME, withholds every later "done". */
	INTAKE_FILTER,
	/* Stops at a malformed line with STATUS_FAILED: what it does cannot be taken back. */
	INTAKE_ACTOR,
};

struct intake {
	enum intake_role role;
	/*
	 * Called for each record; the status is remembered when it is
	 * STATUS_SOME, and ends the loop when it is above that.
	 */
	enum status (*record)(const struct rec *rec, void *context);
	/* Called for each note; NULL drops them. */
	enum status (*note)(const struct rec *rec, void *context);
	/*
	 * Called when the next record is not there yet, to return when there is input: for those
	 * who have something else to wait for.  Above STATUS_SOME ends the loop.  Or NULL.
	 */
	enum status (*wait)(void *context);
	void *context;
};

/*
 * intake_run - feed the records of standard input to the callbacks.
 *
 * Flushes standard output whenever input would block, so that live events
 * come through at once and files at full speed.  Returns the status to end with:
 * the worst of the callbacks' and of what the input deserved.
 */
enum status intake_run(const struct intake *intake);

/* intake_forward - a callback that copies the record or note to standard output. */
enum status intake_forward(const struct rec *rec, void *context);

/*
 * For lines of another kind than records.
 * intake_lost - say WHY the last line was lost; returns STATUS_SOME.
 * intake_broken - say that input ended within a line, if CUT, or could not be read; returns
 * STATUS_FAILED.
 */
enum status intake_lost(const struct lines *lines, const char *why);
enum status intake_broken(const struct lines *lines, bool cut);

#endif
