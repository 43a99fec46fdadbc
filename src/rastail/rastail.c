/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rastail - hand over hardware-error events the moment the kernel has them. */
#include "cli.h"
#include "loop.h"
#include "outlet.h"
#include "signals.h"
#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

enum { SOURCES_MAX = 1024 };

static struct source *sources;
static size_t count;
static bool keep_going;

static const struct source_kind *const kinds[] = {
	&source_trace,
	&source_kmsg,
	&source_qmp,
	&source_edac,
	&source_hwmon,
};

static const char *add_source(const struct source_kind *kind, const char *argument)
{
	if (count == SOURCES_MAX)
		return "too many sources";
	for (size_t i = 0; i < count; i++)
		if (sources[i].kind == kind &&
			(!argument || strcmp(sources[i].argument, argument) == 0))
			return "given twice";
	sources = reallocarray(sources, count + 1, sizeof(*sources));
	if (!sources)
		die_errno(STATUS_FAILED, "allocate memory");
	sources[count++] = (struct source){.kind = kind, .argument = argument, .fd = -1};
	return NULL;
}

static const char *check_socket(const char *path)
{
	struct sockaddr_un address;

	if (!*path)
		return "needs a socket, qmp:SOCKET";
	return strlen(path) < sizeof(address.sun_path) ? NULL : "path too long for a socket";
}

static const char *parse_source(const char *text, void *to)
{
	size_t len = strcspn(text, ":");
	const char *why;

	(void)to;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strlen(kinds[i]->name) != len || strncmp(text, kinds[i]->name, len) != 0)
			continue;
		if (!kinds[i]->takes_argument)
			return text[len] ? "takes no argument" : add_source(kinds[i], NULL);
		if (!text[len])
			return "needs a socket, qmp:SOCKET";
		why = check_socket(text + len + 1);
		return why ? why : add_source(kinds[i], text + len + 1);
	}
	return "unknown source";
}

static const struct cli_option options[] = {
	{.name = "source",
		.letter = 's',
		.arg = "SOURCE",
		.kind = CLI_PARSE,
		.parse = parse_source,
		.help = "trace, kmsg, qmp:SOCKET, edac, hwmon (trace and kmsg)"},
	{.name = "since-boot",
		.letter = 'b',
		.kind = CLI_FLAG,
		.to = &source_wishes.since_boot,
		.help = "begin with what is still there from before"},
	{.name = "keep-going",
		.letter = 'k',
		.kind = CLI_FLAG,
		.to = &keep_going,
		.help = "go on without sources that cannot be opened, and try them again"},
	{.name = "interval",
		.letter = 'i',
		.arg = "DURATION",
		.kind = CLI_DURATION,
		.to = &source_wishes.interval_ns,
		.min = 10000000,
		.max = 86400000000000,
		.help = "time between two readings of edac and hwmon (10s)"},
	{0},
};

static const struct cli cli = {
	.usage = "[OPTION]...",
	.summary = "Hand over hardware-error events the moment the kernel has them.",
	.options = options,
	.root = &source_wishes.root,
};

static void parse(int argc, char **argv)
{
	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	if (count)
		return;
	add_source(&source_trace, NULL);
	add_source(&source_kmsg, NULL);
}

int main(int argc, char **argv)
{
	enum status status, output;
	int signals;

	say_open("rastail");
	source_wishes.interval_ns = 10000000000;
	parse(argc, argv);
	signals = signals_open();
	if (signals < 0)
		die_errno(STATUS_FAILED, "open signals");
	outlet_open(signals);
	status = loop_run(sources, count, keep_going, signals);
	signals_die();
	if (status == STATUS_DONE)
		outlet_done();
	output = outlet_close();
	return output > status ? (int)output : (int)status;
}
