/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recjson - records to JSON Lines and back. */
#include "cli.h"
#include "intake.h"
#include "json.h"
#include "lines.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

_Static_assert((int)LINES_MAX >= (int)JSON_LINE_MAX, "every spelling of a record can be read");

static bool reverse;

static const struct cli_option options[] = {
	{.name = "reverse",
		.letter = 'r',
		.kind = CLI_FLAG,
		.to = &reverse,
		.help = "read JSON Lines, write records"},
	{0},
};

static const struct cli cli = {
	.usage = "[--reverse] <INPUT",
	.summary = "Turn records into JSON Lines, one object a line, or back, without loss.",
	.options = options,
};

static enum status write_object(const struct rec *rec, void *context)
{
	static char object[JSON_OBJECT_MAX];
	size_t len = json_from_rec(rec, object);

	(void)context;
	return fwrite(object, 1, len, stdout) == len ? STATUS_DONE : say_output_failed();
}

static enum status to_json(void)
{
	struct intake intake = {.role = INTAKE_FILTER, .record = write_object};

	return intake_run(&intake);
}

/* --- Back: what intake does for records, for lines of JSON --- */

static enum status convert(
	const struct lines *lines, const char *json, size_t len, enum status so_far)
{
	static struct rec_writer line;
	static struct rec rec;
	const char *why = json_to_rec(json, len, &line, &rec);

	if (why)
		return intake_lost(lines, why);
	/* "done" would vouch for the lines that were lost. */
	if (so_far != STATUS_DONE && rec_is(&rec, "done"))
		return STATUS_DONE;
	return intake_forward(&rec, NULL);
}

static enum status from_json(void)
{
	static struct lines lines;
	enum status worst = STATUS_DONE;
	const char *json;
	size_t len;

	lines_open(&lines, STDIN_FILENO);
	while (worst <= STATUS_SOME) {
		if (!lines_ready(&lines) && fflush(stdout) != 0)
			return say_output_failed();

		enum lines_event event = lines_next(&lines, &json, &len);
		enum status status;

		if (event == LINES_END)
			break;
		if (event == LINES_LINE)
			status = convert(&lines, json, len, worst);
		else if (event == LINES_LONG)
			status = intake_lost(&lines, "line too long");
		else
			status = intake_broken(&lines, event == LINES_CUT);
		if (status > worst)
			worst = status;
	}
	return worst;
}

/* Want of memory is the system's failure, not the line's. */
static void *checked_malloc(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		die_errno(STATUS_FAILED, "allocate memory");
	return memory;
}

int main(int argc, char **argv)
{
	say_open("recjson");
	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	json_set_alloc_funcs(checked_malloc, free);
	return reverse ? from_json() : to_json();
}
