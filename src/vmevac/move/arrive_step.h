/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arrive_step - the steps of arrive.h that lie in more than one file, and how they fail. */
#ifndef MEMPATROL_VMEVAC_ARRIVE_STEP_H
#define MEMPATROL_VMEVAC_ARRIVE_STEP_H

#include "arrive.h"

#include <errno.h>

static inline int arrive_by(struct arrive *arrive, int result, const char *words)
{
	if (result != 0)
		arrive->why = words;
	return result;
}

static inline int arrive_by_wire(struct arrive *arrive, int result)
{
	return arrive_by(arrive, result, arrive->wire->why);
}

static inline int arrive_by_target(struct arrive *arrive, int result)
{
	return arrive_by(arrive, result, arrive->target->why);
}

static inline int arrive_refuse(struct arrive *arrive, const char *words)
{
	errno = EINVAL;
	return arrive_by(arrive, -1, words);
}

/* arrive_take_offer - what machine it is, and what memory it has. */
int arrive_take_offer(struct arrive *arrive);

/* arrive_take_blocks - what memory it has: as many records as the last one says. */
int arrive_take_blocks(struct arrive *arrive);

/* arrive_open_memory - that of the QEMU that waits is mapped, empty, and can be waited for. */
int arrive_open_memory(struct arrive *arrive);

/* arrive_find_memory - the same of a QEMU that lacks some of it: what is missing, what is lost. */
int arrive_find_memory(struct arrive *arrive);

/* arrive_rights - all is open: give up the rights that are not needed from here on. */
int arrive_rights(struct arrive *arrive);

/* arrive_order_blocks - number the blocks as the source has them; false: they are not the same. */
bool arrive_order_blocks(struct arrive *arrive);

#endif
