/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digits - numbers and times in the forms of records(5).
 *
 * Each function writes at P, where there is room enough, and returns the end of what it
 * wrote.  Inline, because programs that print a million records a second spend most of
 * their time here.
 */
#ifndef MEMPATROL_DIGITS_H
#define MEMPATROL_DIGITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

enum { DIGITS_DEC_MAX = 20, DIGITS_REGISTER = 18, DIGITS_TIME = 30 };

/* The seconds since 1970 of the years 0000 to 9999, all that the form of a time can say. */
#define DIGITS_TIME_FIRST INT64_C(-62167219200)
#define DIGITS_TIME_LAST  INT64_C(253402300799)

/*
 * Eight hexadecimal digits at once instead of one after the other: nibbles are spread over
 * the bytes of a word, and those above 9 moved on to the letters.
 */
static inline char *digits_hex8(char *p, uint32_t n)
{
	uint64_t x = n, letters;

	x = (x & 0xffff) << 32 | x >> 16;
	x = (x & 0x0000ff000000ff00) >> 8 | (x & 0x000000ff000000ff) << 16;
	x = (x & 0x00f000f000f000f0) >> 4 | (x & 0x000f000f000f000f) << 8;
	letters = (x + 0x0606060606060606) >> 4 & 0x0101010101010101;
	x = htole64(x + 0x3030303030303030 + letters * ('a' - '0' - 10));
	memcpy(p, &x, sizeof(x));
	return p + sizeof(x);
}

/* digits_register - 0x and 16 digits. */
static inline char *digits_register(char *p, uint64_t n)
{
	*p++ = '0';
	*p++ = 'x';
	return digits_hex8(digits_hex8(p, (uint32_t)(n >> 32)), (uint32_t)n);
}

/* digits_code - 0x and the low 16 bits as 4 digits. */
static inline char *digits_code(char *p, uint64_t n)
{
	char all[8];

	digits_hex8(all, (uint32_t)n);
	*p++ = '0';
	*p++ = 'x';
	memcpy(p, all + 4, 4);
	return p + 4;
}

/* digits_pair - N from 0 to 99 as two digits. */
static inline char *digits_pair(char *p, unsigned int n)
{
	p[0] = (char)('0' + n / 10);
	p[1] = (char)('0' + n % 10);
	return p + 2;
}

/* digits_dec - a decimal without leading zeros; most have one digit or two. */
static inline char *digits_dec(char *p, uint64_t n)
{
	char all[DIGITS_DEC_MAX];
	char *start = all + sizeof(all);

	if (n < 10) {
		*p = (char)('0' + n);
		return p + 1;
	}
	if (n < 100)
		return digits_pair(p, (unsigned int)n);
	do
		*--start = (char)('0' + n % 10);
	while (n /= 10);

	size_t len = (size_t)(all + sizeof(all) - start);

	memcpy(p, start, len);
	return p + len;
}

/* digits_time - SECONDS, from DIGITS_TIME_FIRST to DIGITS_TIME_LAST, as a UTC time. */
char *digits_time(char *p, int64_t seconds, uint32_t nsec);

#endif
