/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of a table's rows. */
#include "cell.h"
#include "say.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* In this order; rows without the key are last in either direction. */
enum kind { DECIMAL, TEXT, ABSENT };

struct sort_key {
	enum kind kind;
	const char *value;
	size_t len;
	struct row row;
	size_t place; /* where the row was: keeps the order of equals */
};

static int order(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

/*
 * Addresses need no case of their own: with all their digits written they sort
 * as text, and escaped text as LC_ALL=C sort(1) has it.
 */
static int compare_text(const struct sort_key *a, const struct sort_key *b)
{
	int cmp = memcmp(a->value, b->value, a->len < b->len ? a->len : b->len);

	return cmp ? cmp : order(a->len, b->len);
}

/* Without leading zeros the longer number is larger, however long they are. */
static int compare_decimals(const struct sort_key *a, const struct sort_key *b)
{
	bool negative = a->value[0] == '-';
	int cmp;

	if (negative != (b->value[0] == '-'))
		return negative ? -1 : 1;
	cmp = a->len != b->len ? order(a->len, b->len) : memcmp(a->value, b->value, a->len);
	return negative ? -cmp : cmp;
}

static int compare(const void *left, const void *right, void *context)
{
	const struct sort_key *a = left, *b = right;
	const bool *reverse = context;
	int cmp = 0;

	if (a->kind == ABSENT || b->kind == ABSENT)
		return a->kind == b->kind ? order(a->place, b->place) : order(a->kind, b->kind);
	if (a->kind != b->kind)
		cmp = order(a->kind, b->kind);
	else
		cmp = a->kind == DECIMAL ? compare_decimals(a, b) : compare_text(a, b);
	if (cmp == 0)
		return order(a->place, b->place);
	return *reverse ? -cmp : cmp;
}

static struct sort_key sort_key(const struct row *row, size_t place, const char *key)
{
	struct sort_key out = {.kind = ABSENT, .row = *row, .place = place};
	struct rec rec;
	const struct rec_pair *pair = NULL;

	if (!rec_parse(row->line, row->len, &rec))
		pair = rec_find(&rec, key);
	if (!pair)
		return out;
	out.value = pair->value;
	out.len = pair->value_len;
	out.kind = cell_is_decimal(out.value, out.len) ? DECIMAL : TEXT;
	return out;
}

void table_sort(struct table *table, const char *key, bool reverse)
{
	struct sort_key *keys = calloc(table->rows, sizeof(*keys));

	if (!keys)
		die_errno(STATUS_FAILED, "allocate memory");
	for (size_t i = 0; i < table->rows; i++)
		keys[i] = sort_key(&table->row[i], i, key);
	qsort_r(keys, table->rows, sizeof(*keys), compare, &reverse);
	for (size_t i = 0; i < table->rows; i++)
		table->row[i] = keys[i].row;
	free(keys);
}
