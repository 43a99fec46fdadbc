/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pace.h"

#include <sys/param.h>

#define SECOND UINT64_C(1000000000)

/* A * B / C where the product may need 128 bits; the largest number when the result does. */
static uint64_t scale(uint64_t a, uint64_t b, uint64_t c)
{
	unsigned __int128 result = (unsigned __int128)a * b / c;

	return result > UINT64_MAX ? UINT64_MAX : (uint64_t)result;
}

uint64_t pace_due(const struct pace *pace, uint64_t passed, uint64_t read)
{
	uint64_t due = 0;

	if (pace->period && pace->bytes)
		due = scale(pace->period / 16 * 15, MIN(passed, pace->bytes), pace->bytes);
	if (pace->rate)
		due = MAX(due, scale(read, SECOND, pace->rate));
	return due;
}

uint64_t pace_next(const struct pace *pace, uint64_t start, uint64_t now)
{
	return MAX(start + pace->period, now);
}

uint64_t pace_late(const struct pace *pace, uint64_t elapsed)
{
	return pace->period && elapsed > pace->period ? elapsed - pace->period : 0;
}
