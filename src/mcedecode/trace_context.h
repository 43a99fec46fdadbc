/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace_context - what stands in front of an event, as the kernel, perf(1) and rasdaemon(8) print
 * it:
 *
 *	            sb-147     [001] d..1.     3.358405: signal_generate: sig=7 errno=0 …
 *	            sb   147 [001]     3.358405: signal:signal_generate: sig=7 errno=0 …
 */
#ifndef MEMPATROL_TRACE_CONTEXT_H
#define MEMPATROL_TRACE_CONTEXT_H

#include "scan.h"

/*
 * trace_context - to behind the time; false where the line has no such columns.
 *
 * The name of a process is up to 15 bytes of its own choice, and may look like anything that is
 * no longer than that.
 */
bool trace_context(struct scan *s);

#endif
