/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell_words - a command for sh(1) in which no byte of its words means anything else. */
#ifndef MEMPATROL_VMEVAC_SHELL_WORDS_H
#define MEMPATROL_VMEVAC_SHELL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct shell_words {
	char *out; /* a string */
	size_t size, len;
	bool too_long; /* something was left out */
};

/* shell_put_text - TEXT as the shell is to read it. */
void shell_put_text(struct shell_words *words, const char *text);

/* shell_put_part - LEN bytes of a word, quoted where they have to be. */
void shell_put_part(struct shell_words *words, const char *text, size_t len);

/* shell_put_word - a word, behind a blank. */
void shell_put_word(struct shell_words *words, const char *text);

#endif
