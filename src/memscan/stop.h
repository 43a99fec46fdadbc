/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stop - SIGTERM, SIGINT and SIGUSR1, which memscan hears only where it asks for them.
 *
 * Between two questions they are blocked, so that no system call and no record is cut in two.
 */
#ifndef MEMPATROL_STOP_H
#define MEMPATROL_STOP_H

#include <stdbool.h>
#include <stdint.h>

/* stop_open - take the signals over for good; -1 with errno. */
int stop_open(void);

/*
 * stop_wait - sleep until UNTIL (CLOCK_MONOTONIC, ns), or not at all when that has gone by.
 * Returns early with the signal, SIGTERM or SIGINT, once one has come, otherwise 0.
 */
int stop_wait(uint64_t until);

/* stop_asked_for_progress - SIGUSR1 has come since the last question. */
bool stop_asked_for_progress(void);

#endif
