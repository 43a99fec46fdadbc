/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "round.h"
#include "clock.h"
#include "evidence.h"
#include "guard.h"
#include "page.h"
#include "say.h"
#include "verify.h"

#include <unistd.h>

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
	return (struct skip){.place = {.area = area, .offset = area->offset},
		.reason = "avoided",
		.bytes = area->size};
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
	walk.tally.skipped += claim_plan(round->claim); /* no area yet */
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
	/* What is verified is read once as it is and once with each of the two patterns. */
	return walk.bytes + claim_plan(round->claim) * (round->claim->verify ? 3 : 1);
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

/* --- Free memory --- */

/* Taken memory that is being compared with what was written there. */
struct comparison {
	char *memory;
	size_t size, at;
	uint64_t seed;
};

static void compare(void *context)
{
	struct comparison *c = context;

	c->at = verify_read(c->memory, c->size, c->seed, c->at);
}

/* The page stays mapped while it is ours, so that its address is the one that failed. */
static void take_mismatch(struct patrol *patrol, const struct comparison *c)
{
	uint64_t word = 0;
	int pagemap = pagemap_open(patrol->root, 0);

	patrol->tally.mismatched++;
	if (pagemap < 0 || pagemap_read(pagemap, (uintptr_t)c->memory + c->at, &word, 1) != 1)
		die_errno(STATUS_FAILED, "look up a page that did not keep its content");
	close(pagemap);
	report_mismatch(&patrol->blocks, pagemap_pfn(word) << PAGE_SHIFT);
}

/* Pages that the sweep has lost to an error answer with SIGBUS here, and are passed over. */
static void compare_all(struct patrol *patrol, void *memory, size_t size, uint64_t seed)
{
	struct comparison c = {.memory = memory, .size = size, .seed = seed};
	struct guard_fault fault;

	for (c.at = 0; c.at < size; c.at += PAGE_BYTES)
		if (!guard_run(compare, &c, &fault))
			c.at = (size_t)(fault.address - c.memory) / PAGE_BYTES * PAGE_BYTES;
		else if (c.at < size)
			take_mismatch(patrol, &c);
}

static void verify_with(struct patrol *patrol, const struct area *area, void *memory, uint64_t seed)
{
	size_t size = (size_t)area->size;

	verify_write(memory, size, seed);
	patrol_area(patrol, area);
	compare_all(patrol, memory, size, seed);
}

/* Other bits in every word: a pattern, and then one with nothing in common. */
static bool read_claimed(void *context, const struct area *area, void *writable)
{
	static const uint64_t seeds[] = {0, UINT64_C(0x5851f42d4c957f2d)};
	const struct round *round = context;
	struct patrol *patrol = round->patrol;
	uint64_t hits = patrol->tally.hits;

	patrol_area(patrol, area);
	for (size_t i = 0; round->claim->verify && i < 2 && !patrol->steady->stopped; i++) {
		/* What is written to a page that was lost has nowhere to go. */
		if (patrol->tally.hits == hits)
			verify_with(patrol, area, writable, seeds[i]);
		else
			patrol_skip(patrol,
				&(struct skip){.place = {.area = area, .offset = area->offset},
					.reason = "unverified",
					.bytes = area->size});
	}
	return !patrol->steady->stopped;
}

static void sweep_free(const struct round *round)
{
	struct claim *claim = round->claim;
	struct patrol *patrol = round->patrol;
	struct area area = {.fd = -1};
	struct skip skip = {.place = {.area = &area}, .reason = "scarce"};

	if (!claim->size || patrol->steady->stopped)
		return;
	skip.error =
		claim_walk(claim, &(struct claim_reader){(void *)(uintptr_t)round, read_claimed});
	skip.bytes = claim->denied;
	patrol->tally.zero_filled = claim->zeroed;
	if (skip.error || skip.bytes)
		patrol_skip(patrol, &skip);
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
	sweep_free(round);
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
