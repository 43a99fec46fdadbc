/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json - a record as a JSON object and back, without loss (records(5), JSON LINES).
 *
 *	{"type":"ce","addr":"0x0000000a00001000","size":"64","dimm":"CPU0 DIMM A1"}
 */
#ifndef MEMPATROL_JSON_H
#define MEMPATROL_JSON_H

#include "rec.h"

enum {
	/*
	 * Room for any record as an object.  A byte of the record becomes at
	 * most two, a quote or one in "hex"; around each value there are up to
	 * 16 more.
	 */
	JSON_OBJECT_MAX = 2 * REC_LINE_MAX + 16 * (REC_KEYS_MAX + 1),
	/*
	 * The longest line worth parsing.  Without blanks no spelling of a
	 * record comes near it: the worst is one with each byte as a
	 * "\u0034\u0031" within "hex", twelve bytes for each.
	 */
	JSON_LINE_MAX = 16 * REC_LINE_MAX,
};

/*
 * json_from_rec - REC as one object and an LF into OUT, of JSON_OBJECT_MAX bytes.
 * Returns the length.
 */
size_t json_from_rec(const struct rec *rec, char *out);

/*
 * json_to_rec - the record that the LEN bytes at JSON spell.
 *
 * On success returns NULL; *out is the record, with its line in *line.  Otherwise
 * returns the reason it is none.
 */
const char *json_to_rec(const char *json, size_t len, struct rec_writer *line, struct rec *out);

#endif
