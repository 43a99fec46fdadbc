/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wallclock - the stamps that the kernel puts on events, as the time of day. */
#ifndef MEMPATROL_WALLCLOCK_H
#define MEMPATROL_WALLCLOCK_H

#include <stdint.h>
#include <time.h>

/*
 * wallclock_of - the time of day when CLOCK showed STAMP_NS.
 *
 * An event cannot be younger than now, nor older than 1970: stamps beyond give those.
 */
struct timespec wallclock_of(clockid_t clock, uint64_t stamp_ns);

struct timespec wallclock_now(void);

/* clock_mono_ns - for what has to happen later. */
uint64_t clock_mono_ns(void);

#endif
