/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace_line - what a line of trace_pipe says of itself:
 *
 *	            sb-147     [001] d..1.     3.358405: signal_generate: sig=7 errno=0 …
 *	CPU:0 [LOST 23 EVENTS]
 */
#ifndef MEMPATROL_TRACE_LINE_H
#define MEMPATROL_TRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * trace_line_stamp - the time of the event, in nanoseconds of the trace's clock.
 *
 * False when there is none.  The name of a process may hold any bytes, line ends among
 * them, and so imitate one.
 */
bool trace_line_stamp(const char *text, size_t len, uint64_t *ns);

/* trace_line_lost - the number of events that the line says are lost, or 0. */
uint64_t trace_line_lost(const char *text, size_t len);

#endif
