/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "escape.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

static const char hex[] = "0123456789abcdef";

/*
 * How many of the eight bytes at TEXT stand for themselves before the first that does not.
 * Each term sets the top bit of the first byte it is about, and maybe of some behind it: below a
 * '!', above a '~', a backslash.
 */
static unsigned int plain_run(const char *text)
{
	const uint64_t ones = 0x0101010101010101, tops = 0x80 * ones;
	uint64_t x, backslash, awkward;

	memcpy(&x, text, sizeof(x));
	x = le64toh(x);
	backslash = x ^ '\\' * ones;
	awkward = (((x - '!' * ones) & ~x) | (x + ones) | x | ((backslash - ones) & ~backslash)) &
		  tops;
	return awkward ? (unsigned int)__builtin_ctzll(awkward) / 8 : 8;
}

char *escape_put(char *p, const char *end, const char *text, size_t len)
{
	const char *stop = text + len;

	while (text < stop && p < end) {
		unsigned int plain = plain_run(text);
		unsigned char c;

		if (plain >= stop - text)
			return mempcpy(p, text, (size_t)(stop - text));
		memcpy(p, text, 8);
		p += plain;
		text += plain;
		if (plain == 8)
			continue;
		c = (unsigned char)*text++;
		*p++ = '\\';
		*p++ = 'x';
		*p++ = hex[c >> 4];
		*p++ = hex[c & 15];
	}
	return p;
}
