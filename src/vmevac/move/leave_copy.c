/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave: memory, in rounds while the guest runs. */
#include "leave_step.h"

/* Fewer pages than these are sooner compared than the guest is stopped and started. */
enum { WORTH_A_DRAIN = 1024 };

/* So many in a row that leave as much to do as before will not be followed by a better one. */
enum { ROUNDS_TO_SEE = 3 };

static uint64_t dirty_pages(const struct leave *leave)
{
	uint64_t pages = 0;

	for (unsigned int i = 0; i < leave->ram.blocks; i++)
		pages += leave->ram.block[i].dirty.count;
	return pages;
}

static uint64_t written_pages(const struct leave *leave)
{
	uint64_t pages = 0;

	for (unsigned int i = 0; i < leave->ram.blocks; i++)
		pages += leave->ram.block[i].written.count;
	return pages;
}

/* How long it takes to send what is left, by what has been sent so far. */
static double rest_ns(const struct leave *leave)
{
	double left = (double)dirty_pages(leave), sent = (double)leave->copy.pages;

	return left > 0 ? left * (double)leave->copy_ns / sent : 0;
}

/*
 * What is left could be sent within the time that the guest may stand still.  To find it takes as
 * long once more by then: where pages are large, all that was written to is read for that.
 */
static bool is_little(const struct leave *leave)
{
	return leave->post_copy != POST_COPY_ALWAYS &&
	       rest_ns(leave) + (double)leave->look_ns <= (double)leave->max_blackout_ns;
}

/* The last round has left less than half, and what is left is not yet sooner sent than found. */
static bool pays(struct leave *leave)
{
	uint64_t before = leave->last_pages;

	leave->last_pages = dirty_pages(leave);
	return leave->last_pages < before / 2 && rest_ns(leave) > (double)leave->look_ns;
}

/* The last rounds have left no less to do than those before, and so would another. */
static bool is_stuck(struct leave *leave)
{
	uint64_t pages = dirty_pages(leave);

	if (pages < leave->least_pages - leave->least_pages / 8) {
		leave->least_pages = pages;
		leave->idle_rounds = 0;
		return false;
	}
	return ++leave->idle_rounds >= ROUNDS_TO_SEE;
}

/* No more rounds, although what is left is not little: the rest is to follow. */
static bool has_enough(struct leave *leave)
{
	if (leave->evac->rounds >= leave->max_rounds || leave->post_copy == POST_COPY_ALWAYS ||
		!dirty_can_repeat(&leave->dirty))
		return true;
	return leave->can_follow && leave->post_copy == POST_COPY_AUTO && is_stuck(leave);
}

static int copy_timed(struct leave *leave, int (*pass)(struct copy *copy))
{
	uint64_t start_ns = clock_now();
	int result = leave_by_wire(leave, pass(&leave->copy));

	leave->copy_ns += clock_now() - start_ns;
	return result;
}

static int look_at_rest(struct leave *leave)
{
	uint64_t start_ns = clock_now();

	if (dirty_collect(&leave->dirty, &leave->ram) != 0)
		return -1;
	leave->doubtful = written_pages(leave) - dirty_pages(leave);
	if (leave_by_wire(leave, copy_look(&leave->copy)) != 0)
		return -1;
	leave->look_ns = clock_now() - start_ns;
	return 0;
}

/*
 * What was written during the last round.  1 when enough has been done, or it is little and another
 * round would not make it much less.
 */
static int copy_round(struct leave *leave)
{
	bool another_pays, enough;

	if (look_at_rest(leave) != 0)
		return -1;
	another_pays = pays(leave);
	enough = has_enough(leave);
	if (is_little(leave) && (enough || !another_pays))
		return 1;
	if (enough) {
		leave->follows = leave->can_follow && leave->post_copy != POST_COPY_NEVER;
		return 1;
	}
	++leave->evac->rounds;
	return copy_timed(leave, copy_dirty);
}

/*
 * So that there is less to compare while the guest stands still: behind a drain, nothing
 * that was under way before it can change a page any more.
 */
static int compare_early(struct leave *leave)
{
	if (leave->doubtful < WORTH_A_DRAIN)
		return 0;
	if (leave_drain(leave) != 0 || leave_by_wire(leave, copy_dirty(&leave->copy)) != 0 ||
		leave_by_wire(leave, copy_written(&leave->copy)) != 0)
		return -1;
	/* The guest runs on: what has changed is what it has written since, and will be told of. */
	leave->copy.unseen = 0;
	++leave->evac->rounds;
	return 0;
}

/*
 * Most of what will follow is known now: the target can make room for it while the guest still runs
 * here.  What is in doubt follows as well, and need not be compared.
 */
static int foretell(struct leave *leave)
{
	if (leave->is_pinned)
		for (unsigned int i = 0; i < leave->ram.blocks; i++)
			page_set_add(&leave->ram.block[i].written, 0, leave->ram.block[i].pages);
	return leave_by_wire(leave, copy_missing(&leave->copy));
}

int leave_copy(struct leave *leave)
{
	int result;

	if (copy_timed(leave, copy_all) != 0)
		return -1;
	leave->evac->rounds = 1;
	leave->least_pages = leave->last_pages = UINT64_MAX;
	do
		result = copy_round(leave);
	while (result == 0);
	/* From here on, what is lost is what is met: the target has all the rest whole. */
	if (result < 0 || ram_find_lost(&leave->ram, &leave->poison) != 0)
		return -1;
	return leave->follows ? foretell(leave) : compare_early(leave);
}
