/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rectab - records as tables for people. */
#include "cli.h"
#include "intake.h"
#include "paint.h"
#include "table.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { TYPES_MAX = 256 };

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

static struct look look;
static struct names types; /* the only ones to show; none: all */
static struct names sort_keys;
static bool reverse, follow;
static enum colour colour = COLOUR_AUTO;

static const char *parse_colour(const char *argument, void *to)
{
	static const char *const words[] = {"auto", "always", "never"};

	for (unsigned int i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(words[i], argument) == 0) {
			*(enum colour *)to = i;
			return NULL;
		}
	}
	return "not one of auto always never";
}

static const char *parse_sort_key(const char *argument, void *to)
{
	struct names *names = to;

	names->count = 0; /* the last one given counts */
	return strchr(argument, ',') ? "more than one key" : names_parse_keys(argument, to);
}

static const struct cli_option options[] = {
	{.name = "columns",
		.letter = 'o',
		.arg = "KEY,...",
		.kind = CLI_PARSE,
		.parse = names_parse_keys,
		.to = &look.keys,
		.help = "show these keys, in this order"},
	{.name = "type",
		.letter = 't',
		.arg = "WORD,...",
		.kind = CLI_PARSE,
		.parse = names_parse_types,
		.to = &types,
		.help = "show records of these types only"},
	{.name = "sort",
		.arg = "KEY",
		.kind = CLI_PARSE,
		.parse = parse_sort_key,
		.to = &sort_keys,
		.help = "order each table by the value of KEY"},
	{.name = "reverse",
		.kind = CLI_FLAG,
		.to = &reverse,
		.help = "with --sort: the largest first"},
	{.name = "no-header",
		.kind = CLI_FLAG,
		.to = &look.no_header,
		.help = "leave out the line of keys"},
	{.name = "follow",
		.letter = 'f',
		.kind = CLI_FLAG,
		.to = &follow,
		.help = "show each record as it comes"},
	{.name = "colour",
		.arg = "WHEN",
		.kind = CLI_PARSE,
		.parse = parse_colour,
		.to = &colour,
		.help = "auto, always or never"},
	{0},
};

static const struct cli cli = {
	.usage = "[OPTION]... <RECORDS",
	.summary = "Show records as aligned tables, one for each type.",
	.options = options,
};

/* --- One table for each type, printed at the end --- */

struct tables {
	unsigned int count;
	struct table *table[TYPES_MAX];
};

/* The table for records like REC, a new one behind the others for a new type; NULL: too many. */
static struct table *find_table(struct tables *tables, const struct rec *rec)
{
	struct table *table;

	for (unsigned int i = 0; i < tables->count; i++)
		if (table_is_for(tables->table[i], rec))
			return tables->table[i];
	if (tables->count == TYPES_MAX)
		return NULL;
	table = calloc(1, sizeof(*table));
	if (!table)
		die_errno(STATUS_FAILED, "allocate memory");
	table_reset(table, rec);
	tables->table[tables->count++] = table;
	return table;
}

static bool is_wanted(const struct rec *rec)
{
	return types.count == 0 || names_has(&types, rec->line, rec->type_len);
}

static enum status collect(const struct rec *rec, void *context)
{
	struct table *table;

	if (!is_wanted(rec))
		return STATUS_DONE;
	table = find_table(context, rec);
	if (!table) {
		say("tabulate standard input: more than %d types", TYPES_MAX);
		return STATUS_FAILED;
	}
	if (table_measure(table, rec, &look) != 0) {
		say("tabulate type %s: more than %d keys", table->type, TABLE_COLUMNS_MAX);
		return STATUS_FAILED;
	}
	table_keep(table, rec);
	return STATUS_DONE;
}

static void print_tables(const struct tables *tables, bool done, const char **separator)
{
	for (unsigned int i = 0; i < tables->count; i++) {
		struct table *table = tables->table[i];

		if ((strcmp(table->type, "done") == 0) != done)
			continue;
		if (sort_keys.count)
			table_sort(table, sort_keys.name[0], reverse);
		fputs(*separator, stdout);
		table_print(table, &look);
		*separator = "\n";
	}
}

static enum status show_all(void)
{
	static struct tables tables;
	struct intake intake = {.role = INTAKE_FILTER, .record = collect, .context = &tables};
	enum status status = intake_run(&intake);
	const char *separator = "";

	/* What was read before a failure is still worth seeing. */
	print_tables(&tables, false, &separator);
	print_tables(&tables, true, &separator);
	return status;
}

/* --- Each record as it comes --- */

/* Room for values that are yet to come, so that the columns seldom shift. */
static void leave_room(struct table *table)
{
	for (unsigned int i = 0; i < table->columns; i++) {
		struct column *column = &table->column[i];
		unsigned int room = column->decimal ? 6 : 8;

		if (column->width < room)
			column->width = room;
	}
}

static void follow_header(const struct table *table)
{
	static const char *separator = "";

	if (look.no_header)
		return;
	fputs(separator, stdout);
	table_print_header(table, &look);
	separator = "\n";
}

static enum status follow_record(const struct rec *rec, void *context)
{
	struct table *table = context;
	unsigned int known;
	bool anew;

	if (!is_wanted(rec))
		return STATUS_DONE;
	anew = !table->type || !table_is_for(table, rec);
	if (anew)
		table_reset(table, rec);
	known = table->columns;
	if (table_measure(table, rec, &look) != 0) { /* keys have piled up */
		anew = true;
		table_reset(table, rec);
		table_measure(table, rec, &look);
	}
	leave_room(table);
	if (anew || table->columns != known)
		follow_header(table);
	table_print_record(table, &look, rec);
	return STATUS_DONE;
}

static enum status show_as_they_come(void)
{
	static struct table table;
	struct intake intake = {.role = INTAKE_FILTER, .record = follow_record, .context = &table};

	return intake_run(&intake);
}

static void check_options(void)
{
	if (sort_keys.count && follow)
		cli_wrong("option --sort: not with --follow");
	if (reverse && !sort_keys.count)
		cli_wrong("option --reverse: needs --sort");
}

int main(int argc, char **argv)
{
	say_open("rectab");
	setlocale(LC_CTYPE, ""); /* which characters there are, and how wide */
	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	check_options();
	look.colour = colour == COLOUR_ALWAYS || (colour == COLOUR_AUTO && paint_is_welcome());
	return follow ? show_as_they_come() : show_all();
}
