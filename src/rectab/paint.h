/* SPDX-License-Identifier: GPL-2.0-or-later */
/* paint - colours for the words that somebody should see first. */
#ifndef MEMPATROL_PAINT_H
#define MEMPATROL_PAINT_H

#include "rec.h"

#define PAINT_HEADER "\033[1m"
#define PAINT_OFF    "\033[0m"

/* paint_for - the escape sequence to show the value of KEY with, or NULL. */
const char *paint_for(const char *key, const struct rec_pair *pair);

/* paint_is_welcome - standard output is a terminal, and its user wants colours. */
bool paint_is_welcome(void);

#endif
