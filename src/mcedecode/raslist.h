/* SPDX-License-Identifier: GPL-2.0-or-later */
/* raslist - the lists of ras-mc-ctl --errors that are not of machine checks. */
#ifndef MEMPATROL_RASLIST_H
#define MEMPATROL_RASLIST_H

#include "formats.h"

/*
 * raslist_line - an entry, behind its number and time: "1 Corrected error(s): ...",
 * "0000:3a:00.0 Corrected error: ...", "error: pfn=...".  False: of no list that is known.
 */
bool raslist_line(struct scan s);

#endif
