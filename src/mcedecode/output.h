/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output - where decoded errors go, and what was wrong with the input. */
#ifndef MEMPATROL_OUTPUT_H
#define MEMPATROL_OUTPUT_H

#include "say.h"

#include <stdbool.h>

extern bool output_raw, output_merge;

/* What out_bad() counts. */
extern const char *output_unit;

/* output_status - the worst of what happened. */
enum status output_status(void);

/* output_is_whole - no line was lost here, so that a "done" record vouches for what it did. */
bool output_is_whole(void);

/* out_flush - print what waits for other reports of the same error. */
void out_flush(void);

/* output_parse_cpuid - a cli option's parser: "0x606a6", "intel:0x606a6". */
const char *output_parse_cpuid(const char *argument, void *to);

#endif
