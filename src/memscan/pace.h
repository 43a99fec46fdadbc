/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pace - how fast a sweep may go: arithmetic only, all times in nanoseconds. */
#ifndef MEMPATROL_PACE_H
#define MEMPATROL_PACE_H

#include <stdint.h>

struct pace {
	uint64_t bytes;  /* of the whole sweep, as planned */
	uint64_t period; /* to spread them over; 0: none */
	uint64_t rate;   /* bytes per second not to exceed; 0: none */
};

/*
 * pace_due - how long after its start a sweep that has PASSED so many bytes, of which it has
 * READ some, may go on.  A period is filled to 15/16, so that an even pace keeps it.
 */
uint64_t pace_due(const struct pace *pace, uint64_t passed, uint64_t read);

/*
 * pace_next - when the sweep behind one that began at START begins, where NOW it has ended:
 * a period later, or at once when that has gone by.
 */
uint64_t pace_next(const struct pace *pace, uint64_t start, uint64_t now);

/* pace_late - by how much a sweep that took ELAPSED missed its period; 0: it did not. */
uint64_t pace_late(const struct pace *pace, uint64_t elapsed);

#endif
