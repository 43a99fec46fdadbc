/* SPDX-License-Identifier: GPL-2.0-or-later */
/* records - records on standard input: raw ones to decode, err ones, others to pass on. */
#ifndef MEMPATROL_RECORDS_H
#define MEMPATROL_RECORDS_H

#include "rec.h"
#include "say.h"

/* records_take - decode the text of a raw record; with --raw, an err record again; copy others. */
enum status records_take(const struct rec *rec);

/*
 * records_is_line - of text only what one of our programs would print is taken for a record:
 * a type that records(5) knows, and a pair behind it.
 */
bool records_is_line(const char *line, size_t len);

#endif
