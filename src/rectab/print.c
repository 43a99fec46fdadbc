/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a table. */
#include "cell.h"
#include "paint.h"
#include "table.h"

#include <stdio.h>
#include <string.h>

enum { GAP = 2 }; /* blanks between columns */

/* A line as it is put out: blanks wait, so that none end a line. */
struct line {
	unsigned int blanks;
};

static void put_cell(struct line *line, const char *text, size_t len, const char *paint)
{
	for (; line->blanks > 0; line->blanks--)
		putchar_unlocked(' ');
	if (paint)
		fputs_unlocked(paint, stdout);
	fwrite_unlocked(text, 1, len, stdout);
	if (paint)
		fputs_unlocked(PAINT_OFF, stdout);
}

static void put_column(
	struct line *line, const struct column *column, const struct cell *cell, const char *paint)
{
	unsigned int padding = column->width - cell->width;

	if (column->decimal)
		line->blanks += padding;
	put_cell(line, cell->text, cell->len, paint);
	line->blanks = GAP + (column->decimal ? 0 : padding);
}

static void put_type(struct line *line, const struct table *table, const char *text, size_t len,
	const char *paint)
{
	size_t width = table->type_len > 4 ? table->type_len : 4; /* "type" */

	put_cell(line, text, len, paint);
	line->blanks = GAP + (unsigned int)(width - len);
}

/*
 * The I-th column to show, or NULL behind the last: the table's own order, or
 * the person's, without the keys that no record here has.
 */
static const struct column *shown_column(
	const struct table *table, const struct look *look, unsigned int *i)
{
	const struct names *keys = &look->keys;

	if (keys->count == 0)
		return *i < table->columns ? &table->column[(*i)++] : NULL;
	while (*i < keys->count) {
		const char *key = keys->name[(*i)++];

		for (unsigned int c = 0; c < table->columns; c++)
			if (strcmp(table->column[c].key, key) == 0)
				return &table->column[c];
	}
	return NULL;
}

void table_print_header(const struct table *table, const struct look *look)
{
	const char *paint = look->colour ? PAINT_HEADER : NULL;
	const struct column *column;
	struct line line = {0};

	put_type(&line, table, "type", 4, paint);
	for (unsigned int i = 0; (column = shown_column(table, look, &i));) {
		static struct cell cell;

		cell_render(&cell, column->key, strlen(column->key));
		put_column(&line, column, &cell, paint);
	}
	putchar_unlocked('\n');
}

void table_print_record(const struct table *table, const struct look *look, const struct rec *rec)
{
	const struct column *column;
	struct line line = {0};

	put_type(&line, table, table->type, table->type_len, NULL);
	for (unsigned int i = 0; (column = shown_column(table, look, &i));) {
		const struct rec_pair *pair = rec_find(rec, column->key);
		static struct cell cell;

		if (!pair) {
			line.blanks += GAP + column->width;
			continue;
		}
		cell_render(&cell, pair->value, pair->value_len);
		put_column(
			&line, column, &cell, look->colour ? paint_for(column->key, pair) : NULL);
	}
	putchar_unlocked('\n');
}

void table_print(const struct table *table, const struct look *look)
{
	static struct rec rec;

	if (!look->no_header)
		table_print_header(table, look);
	for (size_t i = 0; i < table->rows; i++)
		if (!rec_parse(table->row[i].line, table->row[i].len, &rec))
			table_print_record(table, look, &rec);
}
