/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"
#include "cell.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
	if (!memory)
		die_errno(STATUS_FAILED, "allocate memory");
	return memory;
}

void table_reset(struct table *table, const struct rec *rec)
{
	for (unsigned int i = 0; i < table->columns; i++)
		free(table->column[i].key);
	free(table->type);
	table->type = checked(strndup(rec->line, rec->type_len));
	table->type_len = rec->type_len;
	table->columns = 0;
	table->rows = 0;
}

bool table_is_for(const struct table *table, const struct rec *rec)
{
	return table->type_len == rec->type_len &&
	       memcmp(table->type, rec->line, rec->type_len) == 0;
}

static bool is_key(const char *key, const struct rec_pair *pair)
{
	return strncmp(key, pair->key, pair->key_len) == 0 && key[pair->key_len] == '\0';
}

/* Records of a type have their keys in much the same order: begin where the last one was. */
static struct column *find_column(
	struct table *table, const struct rec_pair *pair, unsigned int *hint)
{
	for (unsigned int n = 0; n < table->columns; n++) {
		unsigned int i = *hint + n;

		if (i >= table->columns)
			i -= table->columns;
		if (is_key(table->column[i].key, pair)) {
			*hint = i + 1;
			return &table->column[i];
		}
	}
	return NULL;
}

static struct column *add_column(struct table *table, const struct rec_pair *pair)
{
	if (table->columns == TABLE_COLUMNS_MAX)
		return NULL;

	struct column *column = &table->column[table->columns++];

	column->key = checked(strndup(pair->key, pair->key_len));
	column->width = pair->key_len;
	column->decimal = true;
	return column;
}

static void measure_value(struct column *column, const struct rec_pair *pair)
{
	static struct cell cell;

	cell_render(&cell, pair->value, pair->value_len);
	if (cell.width > column->width)
		column->width = cell.width;
	if (column->decimal)
		column->decimal = cell_is_decimal(pair->value, pair->value_len);
}

int table_measure(struct table *table, const struct rec *rec, const struct look *look)
{
	unsigned int hint = 0;

	for (unsigned int i = 0; i < rec->pairs; i++) {
		const struct rec_pair *pair = &rec->pair[i];

		if (look->keys.count && !names_has(&look->keys, pair->key, pair->key_len))
			continue;

		struct column *column = find_column(table, pair, &hint);

		if (!column)
			column = add_column(table, pair);
		if (!column)
			return -1;
		measure_value(column, pair);
	}
	return 0;
}

/* Lines live until the end: cut from large pieces, they cost little more than their bytes. */
static const char *keep_line(const char *line, size_t len)
{
	enum { PIECE = 1 << 20 };
	static char *piece;
	static size_t left;
	char *copy;

	if (!piece || len > left) {
		piece = checked(malloc(PIECE));
		left = PIECE;
	}
	copy = memcpy(piece, line, len);
	piece += len;
	left -= len;
	return copy;
}

void table_keep(struct table *table, const struct rec *rec)
{
	if (table->rows == table->room) {
		table->room = table->room ? 2 * table->room : 16;
		table->row = checked(reallocarray(table->row, table->room, sizeof(*table->row)));
	}
	table->row[table->rows++] =
		(struct row){keep_line(rec->line, rec->line_len), rec->line_len};
}
