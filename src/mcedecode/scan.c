/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan.h"

/* The value of each hexadecimal digit plus one, so that 0 is no digit. */
static const unsigned char digit_value[256] = {
	['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
	['A'] = 11,
	['B'] = 12,
	['C'] = 13,
	['D'] = 14,
	['E'] = 15,
	['F'] = 16,
};

bool scan_dec(struct scan *s, uint64_t *out)
{
	const char *p = s->p;
	uint64_t value = 0;

	for (; p < s->end && *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return false;
	if (p == s->p)
		return false;
	s->p = p;
	*out = value;
	return true;
}

/*
 * Sixteen digits are all that a register has: some kernels start the next message right
 * behind them, and it may begin with letters that would be digits.
 */
bool scan_hex(struct scan *s, uint64_t *out)
{
	const char *p = s->p, *start;
	uint64_t value = 0;

	if (s->end - p > 2 && p[0] == '0' && p[1] == 'x')
		p += 2;
	start = p;
	while (p < s->end && p - start < 16 && digit_value[(unsigned char)*p])
		value = value << 4 | (unsigned int)(digit_value[(unsigned char)*p++] - 1);
	if (p == start)
		return false;
	s->p = p;
	*out = value;
	return true;
}

bool scan_number(struct scan *s, uint64_t *out)
{
	if (scan_left(s) > 2 && s->p[0] == '0' && s->p[1] == 'x')
		return scan_hex(s, out);
	return scan_dec(s, out);
}

bool scan_word(struct scan *s, const char **word, size_t *len)
{
	*word = s->p;
	while (s->p < s->end && *s->p != ' ' && *s->p != '\t')
		s->p++;
	*len = (size_t)(s->p - *word);
	return *len != 0;
}

bool scan_until(struct scan *s, char byte, const char **text, size_t *len)
{
	const char *p = memchr(s->p, byte, scan_left(s));

	*text = s->p;
	*len = p ? (size_t)(p - s->p) : scan_left(s);
	s->p = p ? p + 1 : s->end;
	return p != NULL;
}
