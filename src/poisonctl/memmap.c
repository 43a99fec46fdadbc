/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memmap.h"

#include <stdlib.h>
#include <string.h>

#define ARGUMENT "memmap="
#define BLANKS   " \t\n"

/* memparse() of lib/cmdline.c: a number of C, and a suffix. */
static uint64_t take_size(const char **p)
{
	static const char suffixes[] = "kmgtpe";
	const char *suffix;
	char *end;
	uint64_t n;

	/* strtoull(3) would go over blanks, into another argument, and take signs. */
	if (**p < '0' || **p > '9')
		return 0;
	n = strtoull(*p, &end, 0);
	suffix = *end ? strchr(suffixes, *end | 0x20) : NULL;
	*p = end;
	if (!suffix)
		return n;
	++*p;
	return n << 10 * (suffix - suffixes + 1);
}

/* "SIZE$ADDR" at *p, which is moved to what follows. */
static bool take_hole(const char **p, struct memmap_hole *out)
{
	uint64_t size = take_size(p);

	if (**p != '$')
		return false;
	++*p;
	out->start = take_size(p);
	out->end = out->start + size;
	return size && out->end > out->start;
}

bool memmap_next(const char *command_line, size_t *at, struct memmap_hole *out)
{
	const char *p = command_line + *at;
	bool found = false;

	while (*p && !found) {
		/* Within a list, behind a comma, the argument's name is not repeated. */
		bool ours = p > command_line && p[-1] == ',';

		if (!ours && strncmp(p, ARGUMENT, strlen(ARGUMENT)) == 0) {
			p += strlen(ARGUMENT);
			ours = true;
		}
		found = ours && take_hole(&p, out);
		p += strcspn(p, ours ? "," BLANKS : BLANKS);
		p += *p == ',' ? 1 : strspn(p, BLANKS);
	}
	*at = (size_t)(p - command_line);
	return found;
}

size_t memmap_strip(char *command_line)
{
	char *to = command_line;
	const char *from = command_line + strspn(command_line, BLANKS);

	while (*from) {
		size_t len = strcspn(from, BLANKS);

		if (strncmp(from, ARGUMENT, strlen(ARGUMENT)) != 0 || !memchr(from, '$', len)) {
			if (to != command_line)
				*to++ = ' ';
			memmove(to, from, len);
			to += len;
		}
		from += len;
		from += strspn(from, BLANKS);
	}
	*to = '\0';
	return (size_t)(to - command_line);
}
