/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cause.h"

#include <string.h>

/* A machine that was told to act may be told again at any moment; the others wait for a touch. */
const struct cause_rule cause_rules[CAUSES] = {
	[CAUSE_REQUIRED] = {"required", 1000, 1000},
	[CAUSE_GROWING] = {"growing", 500, 1},
	[CAUSE_POISONED] = {"poisoned", 200, 1000},
	[CAUSE_OPTIONAL] = {"optional", 100, 1000},
	[CAUSE_NEIGHBOR] = {"neighbor", 50, 1},
	[CAUSE_CORRECTED] = {"corrected", 1, 100},
	[CAUSE_IMPORTANCE] = {"importance", 10, 100},
};

/* The words of sev in records(5); "info" is no error. */
static const struct {
	const char *sev;
	enum cause cause;
} severities[] = {
	{"corrected", CAUSE_CORRECTED},
	{"deferred", CAUSE_OPTIONAL},
	{"ucna", CAUSE_OPTIONAL},
	{"srao", CAUSE_OPTIONAL},
	{"srar", CAUSE_REQUIRED},
	{"uncorrected", CAUSE_REQUIRED},
	{"fatal", CAUSE_REQUIRED},
};

static int same(const char *word, const char *text, size_t len)
{
	return strlen(word) == len && !memcmp(word, text, len);
}

enum cause cause_find(const char *name, size_t len)
{
	unsigned int i = 0;

	while (i < CAUSES && !same(cause_rules[i].name, name, len))
		i++;
	return (enum cause)i;
}

enum cause cause_of_severity(const char *sev, size_t len)
{
	for (size_t i = 0; i < sizeof(severities) / sizeof(*severities); i++)
		if (same(severities[i].sev, sev, len))
			return severities[i].cause;
	return CAUSES;
}
