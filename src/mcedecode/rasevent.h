/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rasevent - trace events in the words of rasdaemon, which puts a time in front: "2021-06-03
 * 15:13:40 +0000 pfn=0x12345 page_type=free buddy page action_result=Recovered" (ras-*-handler.c).
 */
#ifndef MEMPATROL_RASEVENT_H
#define MEMPATROL_RASEVENT_H

#include "formats.h"

/* rasevent_stamp - pass the time, and take it for the line's; false when there is none. */
bool rasevent_stamp(struct scan *s);

/* What stands behind the time; true, for the line was theirs. */
bool rasevent_mce(struct scan *s);
bool rasevent_aer(struct scan *s);
bool rasevent_poison(struct scan *s);

/* rasdaemon_mce - a machine check that is all in one line. */
void rasdaemon_mce(const struct scan *s);

#endif
