/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pace.h"

#include <inttypes.h>
#include <stdio.h>
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

struct amount {
	double value;
	const char *unit;
};

static struct amount amount_of(uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	struct amount amount = {(double)bytes, units[0]};

	for (size_t i = 1; amount.value >= 1024 && i < sizeof(units) / sizeof(*units); i++) {
		amount.value /= 1024;
		amount.unit = units[i];
	}
	return amount;
}

void progress_text(const struct progress *progress, char *out, size_t size)
{
	struct amount passed = amount_of(progress->passed), bytes = amount_of(progress->bytes);
	uint64_t elapsed = MAX(progress->elapsed, 1);
	struct amount rate = amount_of(scale(progress->passed, SECOND, elapsed));
	char left[32] = "?";

	if (progress->passed && progress->passed <= progress->bytes) {
		uint64_t seconds =
			scale(elapsed, progress->bytes - progress->passed, progress->passed) /
			SECOND;

		snprintf(left, sizeof(left), "%" PRIu64 ":%02" PRIu64, seconds / 60, seconds % 60);
	}
	snprintf(out, size, "%.1f %s of %.1f %s, %.1f %s/s, %s left, %" PRIu64 " hits",
		passed.value, passed.unit, bytes.value, bytes.unit, rate.value, rate.unit, left,
		progress->hits);
}
