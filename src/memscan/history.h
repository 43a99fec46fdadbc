/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history - when each huge page was last read from end to end without an error.
 *
 * A fixed table, so it forgets: two pages may want the same place, and the later one has it.
 * What it says is always true.
 */
#ifndef MEMPATROL_HISTORY_H
#define MEMPATROL_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

/* Pages remembered: 512 GiB of 2 MiB pages. */
enum { HISTORY_PAGES = 1 << 18, HISTORY_PAGE_MIN = 2 << 20 };

/* history_note - all of the huge page that begins at frame PFN was read by NOW (ns). */
void history_note(uint64_t pfn, uint64_t now);

/* history_age - nanoseconds since then; false when nothing is known. */
bool history_age(uint64_t pfn, uint64_t now, uint64_t *age);

/*
 * history_next - go through all that is known, *place being 0 at first: the first frame of a huge
 * page, and when; false behind the last.
 */
bool history_next(uint64_t *place, uint64_t *pfn, uint64_t *when);

#endif
