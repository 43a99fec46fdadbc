/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of trace_print_context() and trace_print_time() (kernel/trace/trace_output.c).
 *
 * The shortest that is taken for them, "1 [000] 0.000000: ", is longer than the name of a process
 * can be (TASK_COMM_LEN), and no part of it goes on in what stands behind the name: the first
 * that a line has is the kernel's.
 */
#include "trace_context.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits, how many. */
static size_t skip_digits(struct scan *s)
{
	const char *start = s->p;

	while (s->p < s->end && is_digit(*s->p))
		s->p++;
	return (size_t)(s->p - start);
}

/* The letters of interrupt state, "d..1."; options of the trace leave them out. */
static bool skip_flags(struct scan *s)
{
	const char *start;

	scan_blanks(s);
	start = s->p;
	while (s->p < s->end &&
		(is_digit(*s->p) || *s->p == '.' || *s->p == '#' ||
			(*s->p >= 'a' && *s->p <= 'z') || (*s->p >= 'A' && *s->p <= 'Z')))
		s->p++;
	return s->p > start;
}

/* Seconds with a fraction; of clocks that count something else a column of 12 places. */
static bool skip_time(struct scan *s)
{
	enum { FRACTION_MIN = 6, COLUMN = 12 };
	const char *start = s->p;

	scan_blanks(s);
	if (s->p == start || !skip_digits(s))
		return false;
	if (SCAN(s, ".") ? skip_digits(s) < FRACTION_MIN : s->p - start <= COLUMN)
		return false;
	return SCAN(s, ": ");
}

/* Where a bracket opens: a process, and perhaps its group, "(    147) ", stand in front of it. */
static bool is_behind_pid(const char *text, const char *p)
{
	const char *start = p;

	while (p > text && p[-1] == ' ')
		p--;
	if (p == start || p == text)
		return false;
	if (p[-1] == ')') {
		while (p > text && p[-1] != '(')
			p--;
		while (p > text && (p[-1] == '(' || p[-1] == ' '))
			p--;
	}
	return p > text && is_digit(p[-1]);
}

/* "001] d..1.     3.358405: ", behind the bracket. */
static bool skip_cpu_and_time(struct scan *s)
{
	enum { CPU_MIN = 3 };
	struct scan flags;

	if (skip_digits(s) < CPU_MIN || !SCAN(s, "]"))
		return false;
	flags = *s;
	if (skip_time(s))
		return true;
	*s = flags;
	return SCAN(s, " ") && skip_flags(s) && skip_time(s);
}

bool trace_context(struct scan *s)
{
	const char *p = s->p;

	for (; (p = memchr(p, '[', (size_t)(s->end - p))); p++) {
		struct scan rest = {p + 1, s->end};

		if (!is_behind_pid(s->p, p) || !skip_cpu_and_time(&rest))
			continue;
		s->p = rest.p;
		return true;
	}
	return false;
}
