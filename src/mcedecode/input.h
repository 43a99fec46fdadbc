/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input - standard input: lines of text, records, or both. */
#ifndef MEMPATROL_INPUT_H
#define MEMPATROL_INPUT_H

#include "say.h"

/* input_parse_format - a cli option's parser; *to becomes the format's name. */
const char *input_parse_format(const char *argument, void *to);

/* input_run - decode all of it.  FORMAT may be NULL: told line by line. */
enum status input_run(const char *format);

#endif
