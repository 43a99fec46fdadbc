/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: command lines that are taken, and the one line for those that are not. */
#include "cli.h"
#include "child.h"
#include "unit.h"

#include <inttypes.h>
#include <stdbool.h>

enum { WORDS_MAX = 16 };

struct words {
	int argc;
	char *argv[WORDS_MAX + 1];
	char text[256];
};

static struct child child;

/* The words of a command line that has no other blanks than between them. */
static void split(struct words *words, const char *line)
{
	char *save;

	strcpy(words->text, line);
	words->argc = 0;
	for (char *w = strtok_r(words->text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		words->argv[words->argc++] = w;
	words->argv[words->argc] = NULL;
}

static const char *parse_colour(const char *argument, void *to)
{
	*(int *)to = !strcmp(argument, "red");
	return *(int *)to ? NULL : "not red";
}

static enum status run_parse(void *context)
{
	struct words *words = context;
	const char *text = "-";
	uint64_t count = 0, size = 0, age = 0, address = 0;
	bool quick = false;
	int red = 0;
	const struct cli_option options[] = {
		{.name = "quick",
			.letter = 'q',
			.kind = CLI_FLAG,
			.to = &quick,
			.help = "be quick"},
		{.name = "text", .arg = "TEXT", .kind = CLI_TEXT, .to = &text, .help = "a text"},
		{.name = "count",
			.letter = 'n',
			.arg = "N",
			.kind = CLI_COUNT,
			.to = &count,
			.min = 1,
			.max = 10,
			.help = "how many"},
		{.name = "size",
			.arg = "BYTES",
			.kind = CLI_SIZE,
			.to = &size,
			.max = UINT64_MAX,
			.help = "how much"},
		{.name = "age",
			.arg = "TIME",
			.kind = CLI_DURATION,
			.to = &age,
			.max = UINT64_MAX,
			.help = "how long"},
		{.name = "at", .arg = "ADDR", .kind = CLI_ADDRESS, .to = &address, .help = "where"},
		{.name = "colour",
			.arg = "C",
			.kind = CLI_PARSE,
			.to = &red,
			.parse = parse_colour,
			.help = "which"},
		{0},
	};
	struct root root = {.fd = -1};
	const struct cli cli = {.usage = "[OPTION]... [WORD]...",
		.summary = "Tests command lines.",
		.options = options,
		.root = &root};
	int first = cli_parse(&cli, words->argc, words->argv);

	printf("%d %s %" PRIu64 " %" PRIu64 " %" PRIu64 " 0x%" PRIx64 " %d %s", quick, text, count,
		size, age, address, red, root.captured ? "captured" : "live");
	for (int i = first; i < words->argc; i++)
		printf(" %s", words->argv[i]);
	return root.fd >= 0 ? STATUS_DONE : STATUS_FAILED;
}

static void run(enum status (*program)(void *), const char *line)
{
	struct words words;

	unit_row = line;
	split(&words, line);
	child_run(&child, "", program, &words);
}

static void options_are_stored(void)
{
	static const struct {
		const char *line, *out;
	} cases[] = {
		{"prog", "0 - 0 0 0 0x0 0 live"},
		{"prog -q", "1 - 0 0 0 0x0 0 live"},
		{"prog --quick --text=a --count 7 --size 2K --age 3us --at 0x1000 --colour red",
			"1 a 7 2048 3000 0x1000 1 live"},
		{"prog -qn7", "1 - 7 0 0 0x0 0 live"},
		{"prog -n 7 -n 8", "0 - 8 0 0 0x0 0 live"},
		{"prog --qui", "1 - 0 0 0 0x0 0 live"},
		{"prog one -q two", "1 - 0 0 0 0x0 0 live one two"},
		{"prog one -- -q", "0 - 0 0 0 0x0 0 live one -q"},
		{"prog - -q", "1 - 0 0 0 0x0 0 live -"},
		{"prog --text -q", "0 -q 0 0 0 0x0 0 live"},
		{"prog --sysroot /tmp", "0 - 0 0 0 0x0 0 captured"},
		{"prog --sysroot /", "0 - 0 0 0 0x0 0 live"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		run(run_parse, cases[i].line);
		CHECK_U64(child.status, STATUS_DONE);
		CHECK_TEXT(child.out, cases[i].out);
		CHECK_TEXT(child.err, "");
	}
}

static void wrong_options_are_refused_in_one_line(void)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{"prog --count x", "option --count x: not a number"},
		{"prog -n 0", "option --count 0: too small"},
		{"prog -n11", "option --count 11: too large"},
		{"prog --size 1KB", "option --size 1KB: unit is not one of K M G T P"},
		{"prog --age 30", "option --age 30: unit is not one of ns us ms s m h d"},
		{"prog --at 4096", "option --at 4096: does not start with 0x"},
		{"prog --colour blue", "option --colour blue: not red"},
		{"prog --bogus", "option --bogus: unknown or ambiguous"},
		{"prog one --bogus=x", "option --bogus=x: unknown or ambiguous"},
		{"prog -x", "option -x: unknown or ambiguous"},
		{"prog -qx", "option -x: unknown or ambiguous"},
		{"prog --quick=1", "option --quick=1: takes no argument"},
		{"prog --count", "option --count: needs an argument"},
		{"prog -q -n", "option -n: needs an argument"},
		{"prog --s", "option --s: unknown or ambiguous"}, /* size, sysroot */
	};
	char wanted[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		run(run_parse, cases[i].line);
		CHECK_U64(child.status, STATUS_USAGE);
		CHECK_TEXT(child.out, "");
		snprintf(wanted, sizeof(wanted), "prog: %s; try 'prog --help'\n", cases[i].why);
		CHECK_TEXT(child.err, wanted);
	}
}

static void a_missing_sysroot_is_wrong_use(void)
{
	run(run_parse, "prog --sysroot /nowhere");
	CHECK_U64(child.status, STATUS_USAGE);
	CHECK_TEXT(child.err, "prog: open system root /nowhere: No such file or directory\n");
}

static void help_lists_every_option(void)
{
	run(run_parse, "prog -h");
	CHECK_U64(child.status, STATUS_DONE);
	CHECK_TEXT(child.err, "");
	CHECK_TEXT(child.out, "usage: prog [OPTION]... [WORD]...\n"
			      "Tests command lines.\n"
			      "\n"
			      "  -q, --quick              be quick\n"
			      "      --text TEXT          a text\n"
			      "  -n, --count N            how many\n"
			      "      --size BYTES         how much\n"
			      "      --age TIME           how long\n"
			      "      --at ADDR            where\n"
			      "      --colour C           which\n"
			      "      --sysroot DIR        read /proc, /sys and /dev below DIR\n"
			      "  -h, --help               show this help\n"
			      "  -V, --version            show the version\n");
	/* Asking for help is no mistake, but a mistake before it still is. */
	run(run_parse, "prog -n0 --help");
	CHECK_U64(child.status, STATUS_USAGE);
}

static void the_version_is_printed(void)
{
	run(run_parse, "prog --version");
	CHECK_U64(child.status, STATUS_DONE);
	CHECK_TEXT(child.out, "prog (mempatrol) " MEMPATROL_VERSION "\n");
}

/* --- Programs of several verbs --- */

static enum status list(int argc, char **argv)
{
	const struct cli cli = {.usage = "[OPTION]...", .summary = "Lists."};
	int first = cli_parse(&cli, argc, argv);

	cli_no_operands(first, argc, argv);
	printf("%s", argv[0]);
	return STATUS_SOME;
}

static enum status run_verbs(void *context)
{
	static const struct cli_verb verbs[] = {{"list", "list them", list}, {0}};
	struct words *words = context;

	return cli_run_verb("Tests verbs.", verbs, words->argc, words->argv);
}

static void a_verb_is_run_with_its_own_options(void)
{
	run(run_verbs, "prog list");
	CHECK_U64(child.status, STATUS_SOME);
	CHECK_TEXT(child.out, "list");
	run(run_verbs, "prog list --help");
	CHECK_U64(child.status, STATUS_DONE);
	CHECK(strncmp(child.out, "usage: prog list [OPTION]...\nLists.\n", 36) == 0);
}

static void wrong_verbs_are_refused(void)
{
	static const struct {
		const char *line, *err;
	} cases[] = {
		{"prog", "prog: no verb given; try 'prog --help'\n"},
		{"prog lis", "prog: verb lis: unknown; try 'prog --help'\n"},
		{"prog --bogus", "prog: verb --bogus: unknown; try 'prog --help'\n"},
		{"prog list one", "prog: operand one: not expected; try 'prog list --help'\n"},
		{"prog list -x", "prog: option -x: unknown or ambiguous; try 'prog list --help'\n"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		run(run_verbs, cases[i].line);
		CHECK_U64(child.status, STATUS_USAGE);
		CHECK_TEXT(child.err, cases[i].err);
	}
}

static void verbs_are_listed(void)
{
	run(run_verbs, "prog --help");
	CHECK_U64(child.status, STATUS_DONE);
	CHECK_TEXT(child.out, "usage: prog VERB [OPTION]...\nTests verbs.\n\n"
			      "  list       list them\n\n'prog VERB --help' tells more.\n");
	run(run_verbs, "prog -V");
	CHECK_U64(child.status, STATUS_DONE);
	CHECK_TEXT(child.out, "prog (mempatrol) " MEMPATROL_VERSION "\n");
}

int main(void)
{
	UNIT(options_are_stored);
	UNIT(wrong_options_are_refused_in_one_line);
	UNIT(a_missing_sysroot_is_wrong_use);
	UNIT(help_lists_every_option);
	UNIT(the_version_is_printed);
	UNIT(a_verb_is_run_with_its_own_options);
	UNIT(wrong_verbs_are_refused);
	UNIT(verbs_are_listed);
	return unit_end();
}
