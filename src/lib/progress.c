/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const char wipe[] = "\r\033[K";

struct amount {
	double value;
	const char *unit;
};

static struct amount amount_of(double bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	struct amount amount = {bytes, units[0]};

	for (size_t i = 1; amount.value >= 1024 && i < sizeof(units) / sizeof(*units); i++) {
		amount.value /= 1024;
		amount.unit = units[i];
	}
	return amount;
}

/* Where nothing has been done yet, or more than there was, nobody can know. */
static void put_time(const struct progress *progress, double seconds, char *out, size_t size)
{
	double left = (double)progress->bytes - (double)progress->passed;
	double time = progress->passed ? seconds * left / (double)progress->passed : -1;

	if (time < 0 || time > 1e15) {
		snprintf(out, size, "?");
		return;
	}

	uint64_t whole = (uint64_t)time;

	snprintf(out, size, "%" PRIu64 ":%02" PRIu64, whole / 60, whole % 60);
}

void progress_text(const struct progress *progress, char *out, size_t size)
{
	double seconds = (double)(progress->elapsed ? progress->elapsed : 1) / 1e9;
	struct amount passed = amount_of((double)progress->passed);
	struct amount bytes = amount_of((double)progress->bytes);
	struct amount rate = amount_of((double)progress->passed / seconds);
	char left[48];

	put_time(progress, seconds, left, sizeof(left));
	snprintf(out, size, "%.1f %s of %.1f %s, %.1f %s/s, %s left", passed.value, passed.unit,
		bytes.value, bytes.unit, rate.value, rate.unit, left);
}

bool progress_has_terminal(void)
{
	return isatty(STDERR_FILENO);
}

void progress_show(const char *line)
{
	fprintf(stderr, "%s%s", wipe, line);
}

void progress_wipe(void)
{
	fputs(wipe, stderr);
}
