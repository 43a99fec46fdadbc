/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any command line from the other end of a move: what comes of it is one line for the shell, in
 * which nothing outside of quotes is more than a plain character.
 */
#include "../../src/vmevac/move/same.h"
#include "fuzz.h"

static bool is_directory(const char *path)
{
	return path[0] && path[strlen(path) - 1] == '/';
}

/* Quotes open and close; a quote itself is escaped where none is open. */
static void check(const char *command)
{
	bool quoted = false;

	for (const char *p = command; *p; p++) {
		MUST((unsigned char)*p >= ' ');
		if (*p == '\'')
			quoted = !quoted;
		else if (!quoted && *p == '\\')
			MUST(*++p == '\'');
		else if (!quoted)
			MUST(!strchr("$`\"|;<>()*?[]{}#~!", *p));
	}
	MUST(!quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char out[SAME_COMMAND_MAX];
	struct same same = {
		.qmp = "/run/q", .id = "0123456789abcdef", .is_directory = is_directory};
	char *words = malloc(size + 1); /* that ends where its memory ends */

	MUST(words);
	memcpy(words, data, size);
	words[size] = '\0';
	if (same_command(&same, words, size + 1, out) == 0)
		check(out);
	else
		MUST(same.why[0]);
	free(words);
	return 0;
}
