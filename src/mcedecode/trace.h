/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace - readers of trace events: what an event prints, up to the end of its line. */
#ifndef MEMPATROL_TRACE_H
#define MEMPATROL_TRACE_H

#include "formats.h"

/* trace_out - the error is complete, a report of the kind SRC; true. */
bool trace_out(struct err *err, const char *src);

/*
 * trace_layers - EDAC's place of an error, "0:1:-1": COUNT numbers, -1 for none, of which the first
 * N are FIELDS.  False when it is not that.
 */
bool trace_layers(
	struct scan *s, struct err *err, size_t count, const enum err_field *fields, size_t n);

/* Each is true, for the line was theirs: what is malformed they have reported. */
bool trace_mc(struct scan *s);
bool trace_arm(struct scan *s);
bool trace_non_standard(struct scan *s);
bool trace_extlog(struct scan *s);
bool trace_cxl_media(struct scan *s);
bool trace_cxl_dram(struct scan *s);
bool trace_cxl_module(struct scan *s);
bool trace_cxl_generic(struct scan *s);
bool trace_cxl_poison(struct scan *s);
bool trace_cxl_overflow(struct scan *s);
bool trace_cxl_correctable(struct scan *s);
bool trace_cxl_uncorrectable(struct scan *s);

#endif
