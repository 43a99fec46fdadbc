/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"
#include "rec.h"

#include <string.h>

bool names_has(const struct names *names, const char *name, size_t len)
{
	for (unsigned int i = 0; i < names->count; i++)
		if (strncmp(names->name[i], name, len) == 0 && names->name[i][len] == '\0')
			return true;
	return false;
}

static const char *add(struct names *names, const char *name, size_t len, bool keys)
{
	if (!rec_is_name(name, len))
		return keys ? "not a key" : "not a type word";
	if (keys && len == 4 && memcmp(name, "type", 4) == 0)
		return "type is no key: it always comes first";
	if (names_has(names, name, len))
		return "named twice";
	if (names->count == NAMES_MAX)
		return "too many names";
	names->name[names->count] = strndup(name, len);
	return names->name[names->count++] ? NULL : "no memory";
}

static const char *parse(const char *argument, struct names *names, bool keys)
{
	for (;;) {
		size_t len = strcspn(argument, ",");
		const char *why = add(names, argument, len, keys);

		if (why || argument[len] == '\0')
			return why;
		argument += len + 1;
	}
}

const char *names_parse_keys(const char *argument, void *to)
{
	return parse(argument, to, true);
}

const char *names_parse_types(const char *argument, void *to)
{
	return parse(argument, to, false);
}
