/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paint.h"
#include "cell.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAD     "\033[1;31m" /* something is broken or was lost */
#define WARNING "\033[33m"   /* something was not done */

/* Vocabulary of records(5). */
static const struct {
	const char *key;
	const char *word; /* NULL: any decimal but 0 */
	const char *paint;
} paints[] = {
	{"state", "poisoned", BAD},
	{"sev", "fatal", BAD},
	{"sev", "uncorrected", BAD},
	{"sev", "srar", BAD},
	{"sev", "srao", BAD},
	{"sev", "ucna", WARNING},
	{"sev", "deferred", WARNING},
	{"result", "failed", BAD},
	{"result", "refused", WARNING},
	{"lost", NULL, BAD},
	{"mismatched", NULL, BAD},
	{"poisoned", NULL, BAD},
	{"skipped", NULL, WARNING},
	{"unreachable", NULL, WARNING},
};

static bool applies(const char *word, const struct rec_pair *pair)
{
	size_t len = pair->value_len;

	if (!word)
		return cell_is_decimal(pair->value, len) && pair->value[0] != '0';
	return strlen(word) == len && memcmp(word, pair->value, len) == 0;
}

const char *paint_for(const char *key, const struct rec_pair *pair)
{
	for (size_t i = 0; i < sizeof(paints) / sizeof(*paints); i++)
		if (strcmp(paints[i].key, key) == 0 && applies(paints[i].word, pair))
			return paints[i].paint;
	return NULL;
}

/* https://no-color.org: set and not empty. */
bool paint_is_welcome(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (no_color && *no_color)
		return false;
	if (!terminal || strcmp(terminal, "dumb") == 0)
		return false;
	return isatty(STDOUT_FILENO);
}
