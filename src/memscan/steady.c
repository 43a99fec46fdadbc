/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "steady.h"
#include "clock.h"
#include "manners.h"
#include "progress.h"
#include "say.h"
#include "stop.h"

#include <inttypes.h>
#include <stdio.h>

#define SECOND UINT64_C(1000000000)

enum { SHORT_OF_MEMORY = 1000 }; /* hundredths of a percent, see manners_pressure() */

void steady_start(struct steady *steady, uint64_t bytes)
{
	steady->pace.bytes = bytes;
	steady->start = clock_now();
	steady->backed_off = 0;
	steady->next_look = 0;
	steady->next_line = steady->start + PROGRESS_INTERVAL;
}

static uint64_t passed(const struct tally *tally)
{
	return tally->scanned + tally->holes + tally->unreachable + tally->skipped;
}

static void describe(const struct steady *steady, const struct tally *tally, char *out, size_t size)
{
	struct progress progress = {.passed = passed(tally),
		.bytes = steady->pace.bytes,
		.elapsed = clock_now() - steady->start};
	char text[128];

	progress_text(&progress, text, sizeof(text));
	snprintf(out, size, "%s, %" PRIu64 " hits", text, tally->hits);
}

static void tell(struct steady *steady, const struct tally *tally)
{
	char text[160];
	uint64_t now = clock_now();
	bool on_terminal = now >= steady->next_line && progress_has_terminal();

	if (stop_asked_for_progress()) {
		describe(steady, tally, text, sizeof(text));
		say("%s", text);
	} else if (on_terminal) {
		describe(steady, tally, text, sizeof(text));
		progress_show(text);
	}
	if (now >= steady->next_line)
		steady->next_line = now + PROGRESS_INTERVAL;
}

/* Sleep until UNTIL, and answer questions meanwhile. */
static void rest(struct steady *steady, const struct tally *tally, uint64_t until)
{
	do {
		if (stop_wait(until))
			steady->stopped = true;
		tell(steady, tally);
	} while (!steady->stopped && clock_now() < until);
}

/* Looked at once a second: the average is one over ten. */
static bool is_short_of_memory(struct steady *steady)
{
	if (clock_now() < steady->next_look)
		return false;
	steady->next_look = clock_now() + SECOND;
	return manners_pressure(steady->root) >= SHORT_OF_MEMORY;
}

static void give_way(struct steady *steady, const struct tally *tally)
{
	uint64_t start = clock_now();

	while (!steady->stopped && is_short_of_memory(steady)) {
		if (!steady->waiting)
			say("wait: memory is short (/proc/pressure/memory)");
		steady->waiting = true;
		rest(steady, tally, steady->next_look);
	}
	if (steady->waiting)
		steady->backed_off += clock_now() - start;
	steady->waiting = false;
}

bool steady_go_on(struct steady *steady, const struct tally *tally)
{
	uint64_t due = pace_due(&steady->pace, passed(tally), tally->scanned);

	if (steady->max_hits && steady->hits + tally->hits >= steady->max_hits)
		steady->stopped = steady->at_max_hits = true;
	if (steady->stopped)
		return false;
	rest(steady, tally, steady->start + due);
	give_way(steady, tally);
	return !steady->stopped;
}

void steady_end(struct steady *steady, const struct tally *tally)
{
	steady->hits += tally->hits;
	if (progress_has_terminal())
		progress_wipe();
}

bool steady_wait(struct steady *steady)
{
	struct tally none = {0};
	uint64_t next = pace_next(&steady->pace, steady->start, clock_now());

	steady->pace.bytes = 0;
	if (!steady->stopped)
		rest(steady, &none, next);
	return !steady->stopped;
}
