/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shell_words.h"

#include <string.h>

static void put(struct shell_words *words, const char *text, size_t len)
{
	if (len >= words->size - words->len) {
		words->too_long = true;
		return;
	}
	memcpy(words->out + words->len, text, len);
	words->len += len;
	words->out[words->len] = '\0';
}

void shell_put_text(struct shell_words *words, const char *text)
{
	put(words, text, strlen(text));
}

static bool is_plain(const char *text, size_t len)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_./,:=+@%-";

	return len && strspn(text, plain) >= len;
}

void shell_put_part(struct shell_words *words, const char *text, size_t len)
{
	if (is_plain(text, len)) {
		put(words, text, len);
		return;
	}
	put(words, "'", 1);
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\'')
			shell_put_text(words, "'\\''");
		else
			put(words, text + i, 1);
	put(words, "'", 1);
}

void shell_put_word(struct shell_words *words, const char *text)
{
	put(words, " ", 1);
	shell_put_part(words, text, strlen(text));
}
