/* SPDX-License-Identifier: GPL-2.0-or-later */
/* word_list - the value of a key that is a list of words (records(5)). */
#ifndef MEMPATROL_VMEVAC_WORD_LIST_H
#define MEMPATROL_VMEVAC_WORD_LIST_H

#include "rec.h"

struct word_list {
	size_t len;
	char text[256];
};

/* word_list_add - WORD, unless it is there; words that have no room are left out. */
void word_list_add(struct word_list *list, const char *word);

/* word_list_has - WORD is in it. */
bool word_list_has(const struct word_list *list, const char *word);

/* word_list_put - KEY with the list, unless it is empty. */
void word_list_put(const struct word_list *list, struct rec_writer *record, const char *key);

#endif
