/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a line at the prompt: what acts asks, however it is written, and nothing is too long.
 */
#include "shell_line.h"
#include "fuzz.h"

static bool is(const char *word, size_t len, const char *text)
{
	return len == strlen(text) && !strncmp(word, text, len);
}

static bool is_verb(const char *word, size_t len, bool *acts)
{
	*acts = is(word, len, "offline");
	return *acts || is(word, len, "list");
}

static bool has_argument(const char *verb, size_t verb_len, const char *option, size_t len)
{
	return is(verb, verb_len, "list") && is(option, len, "-n");
}

static bool word_acts(const char *verb, size_t verb_len, const char *word, size_t len)
{
	return is(verb, verb_len, "list") && is(word, len, "--probe");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct shell_world world = {is_verb, has_argument, word_acts, "/tree", "/rows", 6};
	static struct shell_line line, again;
	char *typed = malloc(size + 1);

	MUST(typed);
	memcpy(typed, data, size);
	typed[size] = '\0';
	if (shell_expand(&line, typed, &world) == NULL) {
		MUST(line.len < SHELL_LINE_MAX && strlen(line.command) == line.len);
		/* What it stands for asks no less than what was typed. */
		if (shell_expand(&again, line.command, &world) == NULL)
			MUST(again.acts || !line.acts);
	}
	free(typed);
	return 0;
}
