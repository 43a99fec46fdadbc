/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wanted: ranges of pages, put in order and looked up. */
#include "unit.h"
#include "wanted.h"

#include <errno.h>

static struct wanted wanted;

static void start(void)
{
	memset(&wanted, 0, sizeof(wanted));
}

/* Range I is FIRST to END - 1. */
static void check_range(size_t i, uint64_t first, uint64_t end)
{
	CHECK_U64(wanted.range[i].first, first);
	CHECK_U64(wanted.range[i].end, end);
}

static void pages_are_whole(void)
{
	start();
	CHECK(wanted_add(&wanted, 0x1040, 64) == 0);
	CHECK(wanted_add(&wanted, 0x5fff, 2) == 0);
	CHECK(wanted_add(&wanted, UINT64_MAX, 1) == 0);
	wanted_settle(&wanted);
	CHECK_U64(wanted.count, 3);
	check_range(0, 1, 2);
	check_range(1, 5, 7);
	check_range(2, UINT64_MAX >> 12, (UINT64_MAX >> 12) + 1);
}

static void what_overlaps_is_one_and_what_touches_is_two(void)
{
	start();
	wanted_add(&wanted, 0x8000, 0x2000);
	wanted_add(&wanted, 0x1000, 0x1000);
	wanted_add(&wanted, 0x2000, 0x1000);
	wanted_add(&wanted, 0x9000, 0x4000);
	wanted_add(&wanted, 0x8000, 0x1000);
	wanted_settle(&wanted);
	CHECK_U64(wanted.count, 3);
	check_range(0, 1, 2);
	check_range(1, 2, 3);
	check_range(2, 8, 13);
}

static void ranges_are_found(void)
{
	start();
	wanted_add(&wanted, 0x2000, 0x1000);
	wanted_add(&wanted, 0x200000000, 0x40000000);
	wanted_settle(&wanted);
	CHECK(wanted_find(&wanted, 0) == &wanted.range[0]);
	CHECK(wanted_find(&wanted, 2) == &wanted.range[0]);
	CHECK(wanted_find(&wanted, 3) == &wanted.range[1]);
	CHECK(wanted_find(&wanted, 0x23ffff) == &wanted.range[1]);
	CHECK(!wanted_find(&wanted, 0x240000));
	CHECK(wanted_may_have(&wanted, 2));
	CHECK(wanted_may_have(&wanted, 0x200000) && wanted_may_have(&wanted, 0x23ffff));
	CHECK(!wanted_may_have(&wanted, 0x1ff000) && !wanted_may_have(&wanted, 0x240000));
}

/* All of memory does not take all the time there is. */
static void the_largest_range_is_everywhere(void)
{
	start();
	CHECK(wanted_add(&wanted, 0, UINT64_MAX) == 0);
	wanted_settle(&wanted);
	CHECK(wanted_may_have(&wanted, 0) && wanted_may_have(&wanted, UINT64_MAX >> 12));
}

static void what_is_no_range_is_refused(void)
{
	start();
	CHECK(wanted_add(&wanted, 0x1000, 0) == -1 && errno == ERANGE);
	CHECK(wanted_add(&wanted, UINT64_MAX, 2) == -1 && errno == ERANGE);
	for (size_t i = 0; i < WANTED_MAX; i++)
		wanted_add(&wanted, (WANTED_MAX - i) * 0x1000, 1);
	CHECK(wanted_add(&wanted, 0, 1) == -1 && errno == E2BIG);
	wanted_settle(&wanted);
	CHECK_U64(wanted.count, WANTED_MAX);
	CHECK(wanted_find(&wanted, 77) == &wanted.range[76]);
}

int main(void)
{
	UNIT(pages_are_whole);
	UNIT(what_overlaps_is_one_and_what_touches_is_two);
	UNIT(ranges_are_found);
	UNIT(the_largest_range_is_everywhere);
	UNIT(what_is_no_range_is_refused);
	return unit_end();
}
