/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pace: when the next piece is due, and when the next sweep is. */
#include "pace.h"
#include "unit.h"

#define SECOND UINT64_C(1000000000)
#define GIB    UINT64_C(0x40000000)

static void a_period_is_filled_evenly(void)
{
	struct pace pace = {.bytes = 100 * GIB, .period = 1600 * SECOND};

	CHECK_U64(pace_due(&pace, 0, 0), 0);
	CHECK_U64(pace_due(&pace, 10 * GIB, 0), 150 * SECOND);
	CHECK_U64(pace_due(&pace, 50 * GIB, 50 * GIB), 750 * SECOND);
	CHECK_U64(pace_due(&pace, 100 * GIB, 0), 1500 * SECOND);
	CHECK_U64(pace_due(&pace, 200 * GIB, 0), 1500 * SECOND); /* it grew since it was planned */
}

static void a_rate_counts_what_was_read(void)
{
	struct pace pace = {.bytes = 100 * GIB, .rate = GIB};

	CHECK_U64(pace_due(&pace, 50 * GIB, 5 * GIB), 5 * SECOND);
	pace.period = 1600 * SECOND;
	CHECK_U64(pace_due(&pace, 50 * GIB, 5 * GIB), 750 * SECOND);
	pace.rate = GIB / 1000;
	CHECK(pace_due(&pace, 50 * GIB, 5 * GIB) > 4999 * SECOND);
}

static void without_either_there_is_no_waiting(void)
{
	CHECK_U64(pace_due(&(struct pace){.bytes = GIB}, GIB, GIB), 0);
	CHECK_U64(pace_due(&(struct pace){.period = SECOND}, GIB, GIB), 0); /* nothing planned */
}

static void the_largest_numbers_do_not_wrap(void)
{
	struct pace pace = {.bytes = UINT64_MAX, .period = UINT64_MAX, .rate = 1};

	CHECK_U64(pace_due(&pace, UINT64_MAX, UINT64_MAX), UINT64_MAX);
	pace.rate = 0;
	CHECK_U64(pace_due(&pace, UINT64_MAX, 0), UINT64_MAX / 16 * 15);
}

static void the_next_sweep_keeps_the_beat_or_starts_at_once(void)
{
	struct pace pace = {.period = 10};

	CHECK_U64(pace_next(&pace, 100, 105), 110);
	CHECK_U64(pace_next(&pace, 100, 110), 110);
	CHECK_U64(pace_next(&pace, 100, 137), 137);
	CHECK_U64(pace_late(&pace, 9), 0);
	CHECK_U64(pace_late(&pace, 10), 0);
	CHECK_U64(pace_late(&pace, 12), 2);
	CHECK_U64(pace_late(&(struct pace){0}, 12), 0);
}

int main(void)
{
	UNIT(a_period_is_filled_evenly);
	UNIT(a_rate_counts_what_was_read);
	UNIT(without_either_there_is_no_waiting);
	UNIT(the_largest_numbers_do_not_wrap);
	UNIT(the_next_sweep_keeps_the_beat_or_starts_at_once);
	return unit_end();
}
