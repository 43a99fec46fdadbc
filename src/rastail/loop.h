/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loop - wait for all sources at once; open again those that went away. */
#ifndef MEMPATROL_LOOP_H
#define MEMPATROL_LOOP_H

#include "say.h"
#include "source.h"

#include <stddef.h>

/*
 * loop_run - open the COUNT sources, hand over their events until a signal comes from SIGNALS
 * (signals_open()) or all sources are finished for good, and close them.
 *
 * A source that cannot be opened is the end, before any event, unless KEEP_GOING.
 */
enum status loop_run(struct source *sources, size_t count, bool keep_going, int signals);

#endif
