/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kmsg_line.h"

/* A decimal and what has to end it; the bytes taken, or 0. */
static size_t number(const char *text, size_t len, char end, uint64_t *out)
{
	uint64_t value = 0;
	size_t n;

	for (n = 0; n < len && text[n] >= '0' && text[n] <= '9'; n++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(text[n] - '0'), &value))
			return 0;
	if (n == 0 || n == len || text[n] != end)
		return 0;
	*out = value;
	return n + 1;
}

bool kmsg_line_parse(const char *text, size_t len, struct kmsg_line *out)
{
	uint64_t priority, *const fields[] = {&priority, &out->sequence, &out->usec};

	for (unsigned int i = 0; i < 3; i++) {
		size_t n = number(text, len, ',', fields[i]);

		if (!n)
			return false;
		text += n;
		len -= n;
	}
	/* The flags, and what later kernels may put behind them, up to the message. */
	for (size_t i = 0; i < len; i++)
		if (text[i] == ';')
			return true;
	return false;
}
