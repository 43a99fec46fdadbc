/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace_line.h"

#include <string.h>

/* A text that is being taken apart from its start; a step that fails leaves it alone. */
struct rest {
	const char *text;
	size_t len;
};

static bool skip(struct rest *rest, const char *word)
{
	size_t len = strlen(word);

	if (rest->len < len || memcmp(rest->text, word, len) != 0)
		return false;
	rest->text += len;
	rest->len -= len;
	return true;
}

/* A decimal; the digits in it, 0 when there is none or it is too large. */
static size_t skip_number(struct rest *rest, uint64_t *out)
{
	uint64_t value = 0;
	size_t n;

	for (n = 0; n < rest->len && rest->text[n] >= '0' && rest->text[n] <= '9'; n++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(rest->text[n] - '0'), &value))
			return 0;
	rest->text += n;
	rest->len -= n;
	*out = value;
	return n;
}

static void skip_blanks(struct rest *rest)
{
	while (skip(rest, " "))
		;
}

/* The letters of interrupt state, "d..1."; options of the trace leave them out. */
static void skip_flags(struct rest *rest)
{
	struct rest flags = *rest;

	while (flags.len && flags.text[0] != ' ' && flags.text[0] != ':') {
		flags.text++;
		flags.len--;
	}
	if (skip(&flags, " "))
		*rest = flags;
	skip_blanks(rest);
}

/* "SECONDS.MICROSECONDS: " */
static bool take_stamp(struct rest rest, uint64_t *ns)
{
	uint64_t sec, usec;

	if (!skip_number(&rest, &sec) || !skip(&rest, ".") || skip_number(&rest, &usec) != 6 ||
		!skip(&rest, ": ") || sec >= UINT64_MAX / 1000000000)
		return false;
	*ns = sec * 1000000000 + usec * 1000;
	return true;
}

/* What stands behind the name of the process: "-147     [001] d..1.     3.358405: " */
static bool take_context(struct rest rest, uint64_t *ns)
{
	uint64_t ignored;

	if (!skip(&rest, "-") || !skip_number(&rest, &ignored))
		return false;
	skip_blanks(&rest);
	if (!skip(&rest, "[") || !skip_number(&rest, &ignored) || !skip(&rest, "]"))
		return false;
	skip_blanks(&rest);
	if (take_stamp(rest, ns))
		return true;
	skip_flags(&rest);
	return take_stamp(rest, ns);
}

bool trace_line_stamp(const char *text, size_t len, uint64_t *ns)
{
	enum { NAME_WIDTH = 16 }; /* of the column for the name */

	if (len > NAME_WIDTH &&
		take_context((struct rest){text + NAME_WIDTH, len - NAME_WIDTH}, ns))
		return true;
	for (size_t i = 0; i < len && i < NAME_WIDTH; i++)
		if (take_context((struct rest){text + i, len - i}, ns))
			return true;
	return false;
}

uint64_t trace_line_lost(const char *text, size_t len)
{
	struct rest rest = {text, len};
	uint64_t cpu, lost;

	if (!skip(&rest, "CPU:") || !skip_number(&rest, &cpu) || !skip(&rest, " [LOST ") ||
		!skip_number(&rest, &lost) || !skip(&rest, " EVENTS]") || rest.len)
		return 0;
	return lost;
}
