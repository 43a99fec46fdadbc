/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock - nanoseconds of CLOCK_MONOTONIC. */
#ifndef MEMPATROL_CLOCK_H
#define MEMPATROL_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND UINT64_C(1000000000)

static inline uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * CLOCK_SECOND + (uint64_t)now.tv_nsec;
}

#endif
