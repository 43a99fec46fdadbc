/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell_line - what is typed at poisonctl's prompt, as the line of /bin/sh that it stands for.
 *
 *	list | rectab        poisonctl list | rectab
 *	offline --soft 2,4-6 sed -n -e 2p -e 4,6p ROWS | poisonctl offline --soft
 *	who $_               poisonctl who <ROWS
 *	$_ | rectab          cat ROWS | rectab
 *
 * A command begins the line or stands behind | & or ; and is one of poisonctl's verbs, or
 * anything else, which is left as it is.
 */
#ifndef MEMPATROL_SHELL_LINE_H
#define MEMPATROL_SHELL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHELL_LINE_MAX = 8192 };

struct shell_world {
	/* A verb, and whether what it does cannot be taken back. */
	bool (*is_verb)(const char *word, size_t len, bool *acts);
	/* OPTION of VERB has an argument, the word behind it. */
	bool (*has_argument)(
		const char *verb, size_t verb_len, const char *option, size_t option_len);
	/* This word asks for what cannot be taken back, of a verb that does not otherwise. */
	bool (*word_acts)(const char *verb, size_t verb_len, const char *word, size_t word_len);
	const char *sysroot;   /* for all verbs, or NULL */
	const char *rows_file; /* where the numbered records are */
	uint64_t rows;         /* how many there are */
};

struct shell_line {
	char command[SHELL_LINE_MAX];
	size_t len;
	bool acts;       /* some verb in it does what cannot be taken back */
	const char *why; /* the reason that it stands for nothing */
	/* Of the command that is being put together: */
	size_t start;    /* where it begins in command[] */
	size_t rows_len; /* of the arguments of sed */
	char rows[1024];
	bool all_rows; /* $_ */
	bool dry_run;
};

/* shell_expand - LINE, into *out; NULL, or the reason that it stands for nothing. */
const char *shell_expand(struct shell_line *out, const char *line, const struct shell_world *world);

#endif
