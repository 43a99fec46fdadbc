/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell_line: what is typed, and the command line that it stands for. */
#include "shell_line.h"
#include "unit.h"

static bool is(const char *word, size_t len, const char *text)
{
	return len == strlen(text) && !strncmp(word, text, len);
}

static bool is_verb(const char *word, size_t len, bool *acts)
{
	*acts = is(word, len, "offline");
	return *acts || is(word, len, "list") || is(word, len, "who");
}

static bool has_argument(const char *verb, size_t verb_len, const char *option, size_t len)
{
	return is(verb, verb_len, "list") && is(option, len, "--node");
}

static bool word_acts(const char *verb, size_t verb_len, const char *word, size_t len)
{
	return is(verb, verb_len, "list") && is(word, len, "--probe");
}

static struct shell_world world = {is_verb, has_argument, word_acts, NULL, "/rows", 6};
static struct shell_line line;

static const struct {
	const char *typed, *command;
	bool acts;
} cases[] = {
	{"list", "poisonctl list", false},
	{"  list   --node  1 ", "poisonctl list --node 1", false},
	{"list|rectab -o 'a|b;c' \"d e\"", "poisonctl list | rectab -o 'a|b;c' \"d e\"", false},
	{"list | offline --soft", "poisonctl list | poisonctl offline --soft", true},
	{"poisonctl offline --hard 0x1000", "poisonctl offline --hard 0x1000", true},
	{"poisonctl --help", "poisonctl --help", false},
	{"who 3", "sed -n -e 3p /rows | poisonctl who", false},
	{"offline --soft 2,4-6", "sed -n -e 2p -e 4,6p /rows | poisonctl offline --soft", true},
	{"offline 1 2 --soft", "sed -n -e 1p -e 2p /rows | poisonctl offline --soft", true},
	{"who $_ | rectab", "poisonctl who </rows | rectab", false},
	{"$_ | rectab", "cat /rows | rectab", false},
	{"$_ | offline --soft", "cat /rows | poisonctl offline --soft", true},
	{"journalctl -k | mcedecode | list", "journalctl -k | mcedecode | poisonctl list", false},
	{"true && list; false || who", "true && poisonctl list ; false || poisonctl who", false},
	{"echo list offline", "echo list offline", false},
	{"echo a\\|offline", "echo a\\|offline", false},
	{"list 'unclosed | offline", "poisonctl list 'unclosed | offline", false},
	{"list 2>&1 | rectab >/tmp/x", "poisonctl list 2>&1 | rectab >/tmp/x", false},
	{"offline --hard --dry-run 0x1000", "poisonctl offline --hard --dry-run 0x1000", false},
	{"offline --dry-run; offline", "poisonctl offline --dry-run ; poisonctl offline", true},
	{"list --probe", "poisonctl list --probe", true},
	{"who --probe | list", "poisonctl who --probe | poisonctl list", false},
	{"who | list --node 1 --probe", "poisonctl who | poisonctl list --node 1 --probe", true},
	{"", "", false},
};

static void lines_stand_for_commands(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unit_row = cases[i].typed;
		CHECK_TEXT(shell_expand(&line, cases[i].typed, &world), NULL);
		CHECK_TEXT(line.command, cases[i].command);
		CHECK(line.acts == cases[i].acts);
	}
}

static void rows_that_are_not_there_have_a_reason(void)
{
	static const char *const typed[] = {"who 7", "who 0", "who 5-9", "who 4-2", "who 1--2",
		"who 1,,2", "who 99999999999999999999999"};

	for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++) {
		unit_row = typed[i];
		CHECK_TEXT(shell_expand(&line, typed[i], &world), "no such row");
	}
	unit_row = NULL;
	CHECK_TEXT(shell_expand(&line, "list | who 3", &world),
		"only the first command can have rows");
	CHECK_TEXT(shell_expand(&line, "who $_ 3", &world), "all rows, or some by number");
	world.rows = 0;
	CHECK_TEXT(shell_expand(&line, "who $_", &world), "no such row");
	CHECK_TEXT(shell_expand(&line, "$_ | rectab", &world), "no such row");
	world.rows = 6;
}

static void a_root_goes_to_every_verb(void)
{
	world.sysroot = "/tree";
	CHECK_TEXT(shell_expand(&line, "list | rectab | who", &world), NULL);
	CHECK_TEXT(line.command,
		"poisonctl list --sysroot /tree | rectab | poisonctl who --sysroot /tree");
	world.sysroot = NULL;
}

static void what_is_too_long_has_a_reason(void)
{
	static char typed[2 * SHELL_LINE_MAX];

	memset(typed, 'a', sizeof(typed) - 1);
	CHECK_TEXT(shell_expand(&line, typed, &world), "too long");
	memcpy(typed, "who ", 4);
	for (size_t i = 4; i + 2 < sizeof(typed); i += 2)
		memcpy(typed + i, "3,", 2);
	typed[2005] = '\0';
	CHECK_TEXT(shell_expand(&line, typed, &world), "too long");
}

int main(void)
{
	UNIT(lines_stand_for_commands);
	UNIT(rows_that_are_not_there_have_a_reason);
	UNIT(a_root_goes_to_every_verb);
	UNIT(what_is_too_long_has_a_reason);
	return unit_end();
}
