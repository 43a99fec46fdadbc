/* SPDX-License-Identifier: GPL-2.0-or-later */
/* round - one sweep over all sources: what it would read, what it may cost, and doing it. */
#ifndef MEMPATROL_ROUND_H
#define MEMPATROL_ROUND_H

#include "claim.h"
#include "patrol.h"
#include "sources.h"

struct round {
	struct sources *sources;
	struct patrol *patrol;  /* not for round_list() */
	struct claim *claim;    /* free memory that is to be read too */
	uint64_t avoid_hugetlb; /* leave alone what has pages of this size and more; 0: nothing */
};

/* round_list - print what would be read, and read nothing. */
void round_list(const struct round *round);

/*
 * round_plan - look at all sources, without reading: the bytes to be read, and with a
 * risk record for each area whose huge pages an error would cost as a whole.
 */
uint64_t round_plan(const struct round *round);

/*
 * round_sweep - read everything, which was planned to be BYTES, and print the done record;
 * false, and no such record, when it was stopped before its end.
 */
bool round_sweep(const struct round *round, uint64_t bytes);

#endif
