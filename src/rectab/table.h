/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table - the records of one type: the keys seen, how wide their values are,
 * and (unless they are printed as they come) the records themselves.
 */
#ifndef MEMPATROL_TABLE_H
#define MEMPATROL_TABLE_H

#include "names.h"
#include "rec.h"

/*
 * The dictionary of records(5) has some forty keys in its richest type.  A
 * bound keeps hostile input from asking for rows of a million blanks.
 */
enum { TABLE_COLUMNS_MAX = NAMES_MAX };

struct column {
	char *key;
	unsigned int width; /* of the widest of key and values, in columns of the terminal */
	bool decimal;       /* every value so far is a decimal: align at the right */
};

struct row {
	const char *line;
	size_t len;
};

struct table {
	char *type;
	size_t type_len;
	unsigned int columns;
	struct column column[TABLE_COLUMNS_MAX];
	struct row *row;
	size_t rows, room;
};

/* What the person asked for. */
struct look {
	struct names keys; /* the columns, in order; none: all there are */
	bool no_header, colour;
};

/* table_reset - make it an empty table for records of REC's type. */
void table_reset(struct table *table, const struct rec *rec);

/* table_is_for - REC is of the table's type. */
bool table_is_for(const struct table *table, const struct rec *rec);

/*
 * table_measure - make columns for REC's keys and widen them for its values.
 * Returns -1 when there would be more than TABLE_COLUMNS_MAX.
 */
int table_measure(struct table *table, const struct rec *rec, const struct look *look);

/* table_keep - append a copy of REC. */
void table_keep(struct table *table, const struct rec *rec);

/*
 * table_sort - order the rows by the value of KEY, see rectab(8).
 */
void table_sort(struct table *table, const char *key, bool reverse);

/* table_print_header, table_print_record - one line of the table on standard output. */
void table_print_header(const struct table *table, const struct look *look);
void table_print_record(const struct table *table, const struct look *look, const struct rec *rec);

/* table_print - the header and all rows. */
void table_print(const struct table *table, const struct look *look);

#endif
