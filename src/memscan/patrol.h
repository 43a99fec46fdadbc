/* SPDX-License-Identifier: GPL-2.0-or-later */
/* patrol - read areas of memory from end to end, and report what comes to light. */
#ifndef MEMPATROL_PATROL_H
#define MEMPATROL_PATROL_H

#include "area.h"
#include "blocks.h"
#include "report.h"
#include "steady.h"

#include <stdbool.h>

struct patrol {
	const struct root *root;
	struct blocks blocks;
	bool physical;  /* physical addresses are looked up and reported */
	int page_flags; /* /proc/kpageflags; -1 without them */
	struct tally tally;
	struct steady *steady;           /* is asked before each piece */
	uint64_t clean_start, clean_end; /* of the area's file: read without an error, last */
};

/*
 * patrol_area - read one area.  Nothing that happens in it ends the patrol; what ends it is
 * patrol->steady, and then nothing more is read.
 */
void patrol_area(struct patrol *patrol, const struct area *area);

/* patrol_skip - report what could not be read, and count it. */
void patrol_skip(struct patrol *patrol, const struct skip *skip);

#endif
