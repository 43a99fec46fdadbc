/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "word_list.h"

#include <string.h>

bool word_list_has(const struct word_list *list, const char *word)
{
	size_t len = strlen(word);
	const char *p = list->text, *end = list->text + list->len;

	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		const char *stop = comma ? comma : end;

		if ((size_t)(stop - p) == len && !memcmp(p, word, len))
			return true;
		p = stop + 1;
	}
	return false;
}

void word_list_add(struct word_list *list, const char *word)
{
	size_t len = strlen(word), comma = list->len > 0;

	if (word_list_has(list, word) || list->len + comma + len > sizeof(list->text))
		return;
	if (comma)
		list->text[list->len++] = ',';
	memcpy(list->text + list->len, word, len);
	list->len += len;
}

void word_list_put(const struct word_list *list, struct rec_writer *record, const char *key)
{
	if (list->len)
		rec_put(record, key, list->text, list->len);
}
