/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct source_wishes source_wishes;

int source_fail(struct source *source, const char *reason, int error, const char *format, ...)
{
	va_list args;

	source->reason = reason;
	source->error = error;
	va_start(args, format);
	vsnprintf(source->why, sizeof(source->why), format, args);
	va_end(args);
	if (error) {
		size_t len = strlen(source->why);

		snprintf(source->why + len, sizeof(source->why) - len, ": %s", strerror(error));
	}
	return -1;
}

const char *source_name(const struct source *source)
{
	static char name[256];

	snprintf(name, sizeof(name), "%s%s%s", source->kind->name, source->argument ? ":" : "",
		source->argument ? source->argument : "");
	return name;
}
