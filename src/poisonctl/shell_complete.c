/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "poisonctl.h"
#include "shell.h"
#include "vms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Behind stdio.h, which it needs. */
#include <readline/readline.h>

static const struct root *machine;

/* The command that the cursor is in: where it begins, and its first word. */
static const char *command_before(int cursor, size_t *len)
{
	const char *p = rl_line_buffer + cursor;

	while (p > rl_line_buffer && !strchr("|&;", p[-1]))
		p--;
	p += strspn(p, " \t");
	*len = strcspn(p, " \t|&;");
	return p;
}

static char *next_verb(const char *text, int again)
{
	static const struct cli_verb *verb = poisonctl_verbs;

	if (!again)
		verb = poisonctl_verbs;
	for (; verb->name; verb++)
		if (!strncmp(verb->name, text, strlen(text)))
			return strdup((verb++)->name);
	return NULL;
}

static char *next_option(const char *text, int again)
{
	static const char *at, *verb;
	static size_t verb_len;
	const char *option;
	size_t len;
	bool argument;

	if (!again) {
		at = NULL;
		verb = command_before(rl_point, &verb_len);
	}
	while (shell_next_option(verb, verb_len, &at, &option, &len, &argument))
		if (!strncmp(option, text, strlen(text)))
			return strndup(option, len);
	return NULL;
}

static char *next_machine(const char *text, int again)
{
	static struct vms vms;
	static struct vm vm;
	static bool open;

	if (!again)
		open = vms_open(&vms, machine) == 0;
	while (open && vms_next(&vms, &vm) > 0)
		if (*vm.args.name && !strncmp(vm.args.name, text, strlen(text)))
			return strdup(vm.args.name);
	if (open)
		vms_close(&vms);
	open = false;
	return NULL;
}

/* NULL lets readline complete names of files. */
static char **complete(const char *text, int start, int end)
{
	size_t len;
	bool acts;
	const char *command = command_before(start, &len);

	(void)end;
	if (command >= rl_line_buffer + start)
		return rl_completion_matches(text, next_verb);
	if (!shell_is_verb(command, len, &acts))
		return NULL;
	return rl_completion_matches(text, *text == '-' ? next_option : next_machine);
}

void shell_complete(const struct root *root)
{
	machine = root;
	rl_attempted_completion_function = complete;
	rl_completer_word_break_characters = " \t|&;<>";
}
