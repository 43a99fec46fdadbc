/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli - command lines as tables: one table is the parser and the --help text.
 *
 * For programs only: a wrong command line ends the program with STATUS_USAGE
 * and one line on standard error; --help and --version end it with STATUS_DONE.
 * Every program also takes --sysroot DIR, -h/--help and -V/--version.
 */
#ifndef MEMPATROL_CLI_H
#define MEMPATROL_CLI_H

#include "root.h"
#include "say.h"

#include <stdint.h>

enum cli_kind {
	CLI_FLAG,     /* to: bool, set to true */
	CLI_TEXT,     /* to: const char * */
	CLI_COUNT,    /* to: uint64_t, num_count() from min to max */
	CLI_SIZE,     /* to: uint64_t, num_size() from min to max */
	CLI_DURATION, /* to: uint64_t nanoseconds, num_duration() from min to max */
	CLI_ADDRESS,  /* to: uint64_t, num_address() */
	CLI_PARSE,    /* parse(argument, to), which returns NULL or the reason */
};

struct cli_option {
	const char *name; /* without the dashes */
	char letter;      /* of its short form, or 0 */
	const char *arg;  /* what --help calls its argument; NULL for CLI_FLAG */
	const char *help; /* one line */
	enum cli_kind kind;
	void *to;
	uint64_t min, max;
	const char *(*parse)(const char *argument, void *to);
};

/* The option --dry-run of what acts, a bool. */
#define CLI_DRY_RUN(dry_run)                                        \
	{                                                           \
		.name = "dry-run", .letter = 'n', .to = (dry_run),  \
		.help = "change nothing; say what would be refused" \
	}

struct cli {
	const char *usage;                /* what follows the program's name in the usage line */
	const char *summary;              /* what it does, in one sentence */
	const struct cli_option *options; /* ends with a name of NULL; NULL for none */
	const struct cli_option *more;    /* further ones, that it shares; likewise */
	struct root *root; /* opened at --sysroot or /; NULL: the program reads no system files */
	const struct cli_verb *verbs; /* what may stand in the place of options; NULL for none */
};

/*
 * cli_parse - take options from ARGV; returns the index of the first operand.
 * Options may stand behind operands; "--" ends them.
 */
int cli_parse(const struct cli *cli, int argc, char **argv);

/* cli_no_operands - refuse what cli_parse() left over. */
void cli_no_operands(int first, int argc, char **argv);

/* cli_wrong - say MESSAGE and how to get help; exit with STATUS_USAGE. */
_Noreturn void cli_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A program of several verbs, "poisonctl list". */
struct cli_verb {
	const char *name;
	const char *summary;
	enum status (*run)(int argc, char **argv); /* argv[0] is the verb */
};

/*
 * cli_find_verb - the verb that ARGV names, or NULL, from a table that ends with a name of NULL.
 * From then on messages and --help are those of that verb.
 */
const struct cli_verb *cli_find_verb(const struct cli_verb *verbs, int argc, char **argv);

/*
 * cli_run_verb - run the verb that ARGV must name.  Such a verb may have verbs of its own.
 */
enum status cli_run_verb(const char *summary, const struct cli_verb *verbs, int argc, char **argv);

#endif
