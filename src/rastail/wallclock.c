/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wallclock.h"

enum { NS = 1000000000 };

static uint64_t read_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS + (uint64_t)t.tv_nsec;
}

static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){.tv_sec = (time_t)(ns / NS), .tv_nsec = (long)(ns % NS)};
}

struct timespec wallclock_of(clockid_t clock, uint64_t stamp_ns)
{
	uint64_t now = read_ns(CLOCK_REALTIME), here = read_ns(clock);
	uint64_t age = stamp_ns < here ? here - stamp_ns : 0;

	return timespec_of(age < now ? now - age : 0);
}

struct timespec wallclock_now(void)
{
	return timespec_of(read_ns(CLOCK_REALTIME));
}

uint64_t clock_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}
