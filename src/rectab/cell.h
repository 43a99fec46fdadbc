/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cell - a value as a terminal may be given it.
 *
 * Values come from firmware, guests and file names: none of them gets to move
 * the cursor, retitle the window or reverse the text that follows.
 */
#ifndef MEMPATROL_CELL_H
#define MEMPATROL_CELL_H

#include "rec.h"

struct cell {
	unsigned int width; /* columns of the terminal */
	size_t len;
	/* Enough: what is shown as \xhh was written so in the record. */
	char text[REC_LINE_MAX];
};

/*
 * cell_render - what to show for the LEN bytes of a record's (escaped) value.
 *
 * Bytes and characters that the locale can print are shown as they are, all
 * others as \xhh; an empty text as "".
 */
void cell_render(struct cell *cell, const char *value, size_t len);

/* cell_is_decimal - the value is written as records write counts and sizes. */
bool cell_is_decimal(const char *value, size_t len);

#endif
