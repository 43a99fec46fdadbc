/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words - registers as words: a name, a value, and the next. */
#ifndef MEMPATROL_WORDS_H
#define MEMPATROL_WORDS_H

#include "err.h"
#include "scan.h"

enum words_found {
	WORDS_FOUND = 1, /* at least one name and value */
	WORDS_BAD = 2,   /* a name without a value */
	WORDS_TWICE = 4, /* a name whose field ERR had already */
};

/* words_read - put names and values into ERR up to the first word that is no name. */
unsigned int words_read(struct scan *s, struct err *err);

/* words_are_details - a name that begins a line of the kernel's, and something behind it. */
bool words_are_details(const struct scan *s);

#endif
