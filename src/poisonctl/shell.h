/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell - what the parts of poisonctl's prompt share. */
#ifndef MEMPATROL_SHELL_H
#define MEMPATROL_SHELL_H

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* shell_is_verb, shell_has_argument - as struct shell_world wants them. */
bool shell_is_verb(const char *word, size_t len, bool *acts);
bool shell_has_argument(const char *verb, size_t verb_len, const char *option, size_t option_len);
bool shell_word_acts(const char *verb, size_t verb_len, const char *word, size_t word_len);

/*
 * shell_next_option - the next long option in what "poisonctl VERB --help" prints, from *at on,
 * which is to start with NULL: its text, *len bytes with the dashes, and whether an argument
 * follows.  False behind the last.
 */
bool shell_next_option(const char *verb, size_t verb_len, const char **at, const char **option,
	size_t *len, bool *argument);

/*
 * shell_spawn - start COMMAND with /bin/sh and nothing on its standard input; *out is what it
 * prints.  Its process, or -1 with errno.
 */
pid_t shell_spawn(const char *command, int *out);

/* shell_complete - let readline complete verbs, options and names of virtual machines. */
void shell_complete(const struct root *root);

#endif
