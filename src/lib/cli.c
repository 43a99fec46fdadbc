/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"
#include "num.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 48 };

static char verb[64]; /* the verbs taken so far, each behind a blank: " scrub list" */

static const char *sysroot;
static bool want_help, want_version;

static const struct cli_option standard_options[] = {
	{.name = "sysroot",
		.arg = "DIR",
		.kind = CLI_TEXT,
		.to = &sysroot,
		.help = "read /proc, /sys and /dev below DIR"},
	{.name = "help",
		.letter = 'h',
		.kind = CLI_FLAG,
		.to = &want_help,
		.help = "show this help"},
	{.name = "version",
		.letter = 'V',
		.kind = CLI_FLAG,
		.to = &want_version,
		.help = "show the version"},
};

void cli_wrong(const char *format, ...)
{
	char message[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	die(STATUS_USAGE, "%s; try '%s%s --help'", message, say_program(), verb);
}

/* The program's options and the standard ones as one list; its length. */
static unsigned int gather(const struct cli *cli, const struct cli_option **all)
{
	unsigned int n = 0;

	for (const struct cli_option *o = cli->options; o && o->name; o++)
		all[n++] = o;
	for (const struct cli_option *o = cli->more; o && o->name; o++)
		all[n++] = o;
	for (unsigned int i = 0; i < sizeof(standard_options) / sizeof(*standard_options); i++)
		all[n++] = &standard_options[i];
	if (n > OPTIONS_MAX)
		abort(); /* the table outgrew the array: seen at the program's first run */
	return n;
}

/* Say it the way getopt_long(3) wants it: every option returns its index. */
static void tell_getopt(
	const struct cli_option *const *all, unsigned int n, struct option *longs, char *shorts)
{
	*shorts++ = ':'; /* tell a missing argument from an unknown option */
	for (unsigned int i = 0; i < n; i++) {
		longs[i] = (struct option){.name = all[i]->name,
			.val = (int)(256 + i),
			.has_arg = all[i]->arg ? required_argument : no_argument};
		if (!all[i]->letter)
			continue;
		*shorts++ = all[i]->letter;
		if (all[i]->arg)
			*shorts++ = ':';
	}
	*shorts = '\0';
	longs[n] = (struct option){0};
}

static const char *store(const struct cli_option *o, const char *argument)
{
	switch (o->kind) {
	case CLI_FLAG:
		*(bool *)o->to = true;
		return NULL;
	case CLI_TEXT:
		*(const char **)o->to = argument;
		return NULL;
	case CLI_COUNT:
		return num_count(argument, o->min, o->max, o->to);
	case CLI_SIZE:
		return num_size(argument, o->min, o->max, o->to);
	case CLI_DURATION:
		return num_duration(argument, o->min, o->max, o->to);
	case CLI_ADDRESS:
		return num_address(argument, o->to);
	case CLI_PARSE:
		return o->parse(argument, o->to);
	}
	return "option of no known kind";
}

static void print_option(const struct cli_option *o)
{
	char left[64];
	char letter[] = {'-', o->letter, ',', '\0'};

	snprintf(left, sizeof(left), "  %3s --%s%s%s", o->letter ? letter : "", o->name,
		o->arg ? " " : "", o->arg ? o->arg : "");
	printf("%-26s %s\n", left, o->help);
}

static void print_verb(const struct cli_verb *v)
{
	printf("  %-10s %s\n", v->name, v->summary);
}

static _Noreturn void print_help(
	const struct cli *cli, const struct cli_option *const *all, unsigned int n)
{
	printf("usage: %s%s %s\n%s\n\n", say_program(), verb, cli->usage, cli->summary);
	for (unsigned int i = 0; i < n; i++)
		print_option(all[i]);
	if (cli->verbs)
		puts("\nInstead of options:");
	for (const struct cli_verb *v = cli->verbs; v && v->name; v++)
		print_verb(v);
	exit(STATUS_DONE);
}

static _Noreturn void print_version(void)
{
	printf("%s (mempatrol) %s\n", say_program(), MEMPATROL_VERSION);
	exit(STATUS_DONE);
}

/* The option that getopt_long() returned CODE for. */
static const struct cli_option *find(const struct cli_option *const *all, unsigned int n, int code)
{
	if (code >= 256)
		return all[code - 256];
	for (unsigned int i = 0; i < n; i++)
		if (all[i]->letter == code)
			return all[i];
	return NULL;
}

static _Noreturn void refuse(int code, char **argv)
{
	const char *word = argv[optind - 1];
	const char short_option[] = {'-', (char)optopt, '\0'};

	/* optopt is a letter, an index of ours when a long option misuses its argument, or 0. */
	if (optopt > 0 && optopt < 256)
		word = short_option;
	cli_wrong("option %s: %s", word,
		code == ':'     ? "needs an argument"
		: optopt >= 256 ? "takes no argument"
				: "unknown or ambiguous");
}

static void open_root(const struct cli *cli)
{
	struct root unused;

	if (root_open(cli->root ? cli->root : &unused, sysroot) != 0)
		die_errno(errno == ENOENT || errno == ENOTDIR ? STATUS_USAGE : STATUS_FAILED,
			"open system root %s", sysroot ? sysroot : "/");
	if (!cli->root)
		root_close(&unused);
}

int cli_parse(const struct cli *cli, int argc, char **argv)
{
	const struct cli_option *all[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 2];
	unsigned int n = gather(cli, all);
	int code;

	tell_getopt(all, n, longs, shorts);
	opterr = 0;
	while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct cli_option *o = find(all, n, code);

		if (!o)
			refuse(code, argv);

		const char *why = store(o, optarg);

		if (why)
			cli_wrong("option --%s %s: %s", o->name, optarg, why);
	}
	if (want_help)
		print_help(cli, all, n);
	if (want_version)
		print_version();
	open_root(cli);
	return optind;
}

void cli_no_operands(int first, int argc, char **argv)
{
	if (first < argc)
		cli_wrong("operand %s: not expected", argv[first]);
}

static _Noreturn void print_verbs(const char *summary, const struct cli_verb *verbs)
{
	printf("usage: %s%s VERB [OPTION]...\n%s\n\n", say_program(), verb, summary);
	for (; verbs->name; verbs++)
		print_verb(verbs);
	printf("\n'%s%s VERB --help' tells more.\n", say_program(), verb);
	exit(STATUS_DONE);
}

const struct cli_verb *cli_find_verb(const struct cli_verb *verbs, int argc, char **argv)
{
	size_t len = strlen(verb);

	for (; argc > 1 && verbs->name; verbs++) {
		if (strcmp(verbs->name, argv[1]) != 0)
			continue;
		snprintf(verb + len, sizeof(verb) - len, " %s", verbs->name);
		return verbs;
	}
	return NULL;
}

enum status cli_run_verb(const char *summary, const struct cli_verb *verbs, int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (!name)
		cli_wrong("no verb given");
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		print_verbs(summary, verbs);
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		print_version();

	const struct cli_verb *found = cli_find_verb(verbs, argc, argv);

	if (!found)
		cli_wrong("verb %s: unknown", name);
	return found->run(argc - 1, argv + 1);
}
