/* SPDX-License-Identifier: GPL-2.0-or-later */
/* follow - tells how far a move is while it goes on: on a terminal, or in "progress" records. */
#ifndef MEMPATROL_VMEVAC_FOLLOW_H
#define MEMPATROL_VMEVAC_FOLLOW_H

#include "evac.h"
#include "wire.h"

struct follow {
	const struct evac *evac;
	const struct wire *wire;
	bool in_records, on_terminal;
	uint64_t next_ns; /* when it is to be told again */

	/* Of the pass over memory that is under way: */
	uint64_t start_ns;
	uint64_t pages, passed;
};

/* follow_open - to tell of EVAC, which sends over WIRE, in records if IN_RECORDS. */
void follow_open(
	struct follow *follow, const struct evac *evac, const struct wire *wire, bool in_records);

/* follow_pass - a pass over so many PAGES begins. */
void follow_pass(struct follow *follow, uint64_t pages);

/*
 * follow_step - so many of them have been dealt with: it is told, the first time and then once a
 * second, to those who can take it without being waited for.
 */
void follow_step(struct follow *follow, uint64_t pages);

/* follow_clear - something else is to be said on the terminal. */
void follow_clear(const struct follow *follow);

/* follow_end - the last is told, in any case. */
void follow_end(const struct follow *follow);

#endif
