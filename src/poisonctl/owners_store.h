/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What owners*.c share: how they keep what they find. */
#ifndef MEMPATROL_OWNERS_STORE_H
#define MEMPATROL_OWNERS_STORE_H

#include "owners.h"

/* owners_each - call LOOK for every process that there is; errors of one are told by skip(). */
int owners_each(struct owners *owners, int (*look)(struct owners *owners));

/* owners_keep - the stretch is the process's that is looked at. */
void owners_keep(struct owners *owners, const struct stretch *stretch);

/* owners_keep_taken - so is this huge page, whichever it is. */
void owners_keep_taken(struct owners *owners, const struct taken *taken);

/* owners_add - a copy of HIT, which is complete; false: there are too many. */
bool owners_add(struct owners *owners, const struct owner_hit *hit);

/* owners_sort_by_process - hits by process and address; then each process knows which are its own.
 */
void owners_sort_by_process(struct owners *owners);

/* owners_resolve - find out which pages those are that were taken away. */
void owners_resolve(struct owners *owners);

/* owners_find_sharers - add who has mapped the files of hits, but not their pages. */
int owners_find_sharers(struct owners *owners);

#endif
