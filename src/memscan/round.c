/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "round.h"
#include "clock.h"
#include "evidence.h"
#include "say.h"

/* What the visitors of one walk share. */
struct walk {
	const struct round *round;
	uint64_t bytes;
	struct tally tally;
};

static bool is_avoided(const struct round *round, const struct area *area)
{
	return area->memory == AREA_HUGETLB && round->avoid_hugetlb &&
	       area->page >= round->avoid_hugetlb;
}

static struct skip avoided(const struct area *area)
{
	return (struct skip){{area, area->offset}, .reason = "avoided", .bytes = area->size};
}

/* --- List --- */

static void list_skip(void *context, const struct skip *skip)
{
	struct walk *walk = context;

	walk->tally.skipped += skip->bytes;
	report_skip(skip);
}

static void list_area(void *context, const struct area *area)
{
	struct walk *walk = context;

	if (is_avoided(walk->round, area)) {
		struct skip skip = avoided(area);

		list_skip(context, &skip);
		return;
	}
	walk->tally.skipped += area->size;
	report_area(area);
}

/* A list is no sweep: whatever it names was not read. */
void round_list(const struct round *round)
{
	struct walk walk = {.round = round, .tally = {.gone = true}};
	uint64_t start = clock_now();

	sources_walk(round->sources, &(struct visitor){&walk, list_area, list_skip});
	report_done(round->sources, &walk.tally, clock_now() - start);
}

/* --- Plan --- */

static void plan_area(void *context, const struct area *area)
{
	struct walk *walk = context;

	if (is_avoided(walk->round, area))
		return;
	walk->bytes += area->size;
	if (area->memory == AREA_HUGETLB)
		report_risk(area,
			area->pid ? process_early_kill(walk->round->sources->root, area->pid) : -1);
}

static void plan_skip(void *context, const struct skip *skip)
{
	(void)context, (void)skip; /* the sweep will tell */
}

uint64_t round_plan(const struct round *round)
{
	struct walk walk = {.round = round};

	sources_walk(round->sources, &(struct visitor){&walk, plan_area, plan_skip});
	return walk.bytes;
}

/* --- Sweep --- */

static void sweep_area(void *context, const struct area *area)
{
	struct walk *walk = context;
	struct skip skip = avoided(area);

	if (walk->round->patrol->steady->stopped)
		return;
	if (is_avoided(walk->round, area))
		patrol_skip(walk->round->patrol, &skip);
	else
		patrol_area(walk->round->patrol, area);
}

static void sweep_skip(void *context, const struct skip *skip)
{
	struct walk *walk = context;

	if (!walk->round->patrol->steady->stopped)
		patrol_skip(walk->round->patrol, skip);
}

static void read_evidence(struct evidence *evidence, const struct root *root)
{
	if (evidence_read(evidence, root) != 0)
		die_errno(STATUS_FAILED, "read the counters of memory failures");
}

/* Between the two counts the kernel may have dealt with more than the sweep met. */
static void hold_against(const struct evidence *before, struct patrol *patrol)
{
	struct evidence after;

	read_evidence(&after, patrol->root);
	patrol->tally.unexplained = evidence_unexplained(before, &after, patrol->tally.hits);
	if (patrol->tally.unexplained)
		report_unexplained(patrol->tally.unexplained);
}

bool round_sweep(const struct round *round, uint64_t bytes)
{
	struct walk walk = {.round = round};
	struct patrol *patrol = round->patrol;
	struct steady *steady = patrol->steady;
	struct evidence before;

	patrol->tally = (struct tally){0};
	read_evidence(&before, patrol->root);
	steady_start(steady, bytes);
	sources_walk(round->sources, &(struct visitor){&walk, sweep_area, sweep_skip});
	steady_end(steady, &patrol->tally);
	hold_against(&before, patrol);
	if (steady->stopped)
		return false;

	uint64_t elapsed = clock_now() - steady->start;

	patrol->tally.late = pace_late(&steady->pace, elapsed);
	patrol->tally.backed_off = steady->backed_off;
	report_done(round->sources, &patrol->tally, elapsed);
	return true;
}
