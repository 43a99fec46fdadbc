/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan - step through a line of text.
 *
 * Each function moves past what it was asked for, or returns false and stays.
 * Nothing is read behind the end of the line.
 */
#ifndef MEMPATROL_SCAN_H
#define MEMPATROL_SCAN_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct scan {
	const char *p, *end;
};

static inline size_t scan_left(const struct scan *s)
{
	return (size_t)(s->end - s->p);
}

static inline __attribute__((always_inline)) bool scan_bytes(
	struct scan *s, const char *bytes, size_t len)
{
	if (scan_left(s) < len || memcmp(s->p, bytes, len) != 0)
		return false;
	s->p += len;
	return true;
}

/* A literal. */
#define SCAN(s, text) scan_bytes(s, text, sizeof(text) - 1)

/* scan_to - to behind the next BYTES, wherever they are. */
static inline bool scan_to_bytes(struct scan *s, const char *bytes, size_t len)
{
	const char *p = memmem(s->p, scan_left(s), bytes, len);

	if (!p)
		return false;
	s->p = p + len;
	return true;
}

#define SCAN_TO(s, text) scan_to_bytes(s, text, sizeof(text) - 1)

static inline void scan_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
}

/* The value of a hexadecimal digit; 16 is none. */
static inline unsigned int scan_digit(char c)
{
	unsigned int n = (unsigned int)c - '0', letter = ((unsigned int)c | 0x20) - 'a';

	return n < 10 ? n : letter < 6 ? letter + 10 : 16;
}

/*
 * The hexadecimal digits that the eight bytes at P begin with: their number, and *out their value.
 * All bytes are worked on at once, because a loop over digits ends where no processor foresees.
 */
static inline unsigned int scan_hex8(const char *p, uint64_t *out)
{
	const uint64_t ones = 0x0101010101010101, tops = 0x80 * ones;
	uint64_t x, bits, lower, digit, letter, other;
	unsigned int n;

	memcpy(&x, p, sizeof(x));
	x = be64toh(x); /* the first is on top */
	bits = x & ~tops;
	lower = bits | 0x20 * ones;
	/* The top bit of a byte tells whether it reaches what was taken from 0x80. */
	digit = (bits + (0x80 - '0') * ones) & ~(lower + (0x80 - '9' - 1) * ones);
	letter = (lower + (0x80 - 'a') * ones) & ~(lower + (0x80 - 'f' - 1) * ones);
	other = (x | ~(digit | letter)) & tops;
	n = other ? (unsigned int)__builtin_clzll(other) / 8 : 8;
	x = ((lower & 0x0f * ones) + (lower >> 6 & ones) * 9) & 0x0f * ones;
	x = (x | x >> 4) & 0x00ff00ff00ff00ff;
	x = (x | x >> 8) & 0x0000ffff0000ffff;
	*out = ((x >> 16 | x) & 0xffffffff) >> (32 - 4 * n);
	return n;
}

/* scan_dec, scan_hex - a number; one that does not fit is none.  scan_hex takes a 0x as well. */
static inline bool scan_dec(struct scan *s, uint64_t *out)
{
	const char *p = s->p;
	uint64_t value = 0;

	for (; p < s->end && *p >= '0' && *p <= '9'; p++) {
		unsigned int digit = (unsigned int)(*p - '0');

		/* The first 19 digits always fit: what checks for more is asked behind them only.
		 */
		if (p - s->p >= 19 && (value > UINT64_MAX / 10 || value * 10 > UINT64_MAX - digit))
			return false;
		value = value * 10 + digit;
	}
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
static inline bool scan_hex(struct scan *s, uint64_t *out)
{
	const char *p = s->p, *start, *stop;
	uint64_t value = 0;

	if (s->end - p > 2 && p[0] == '0' && p[1] == 'x')
		p += 2;
	start = p;
	stop = s->end - p > 16 ? p + 16 : s->end;
	while (stop - p >= 8) {
		uint64_t digits;
		unsigned int n = scan_hex8(p, &digits);

		value = value << 4 * n | digits;
		p += n;
		if (n < 8) {
			stop = p;
			break;
		}
	}
	while (p < stop && scan_digit(*p) < 16)
		value = value << 4 | scan_digit(*p++);
	if (p == start)
		return false;
	s->p = p;
	*out = value;
	return true;
}

/* scan_number - hexadecimal with 0x, decimal without. */
static inline bool scan_number(struct scan *s, uint64_t *out)
{
	if (scan_left(s) > 2 && s->p[0] == '0' && s->p[1] == 'x')
		return scan_hex(s, out);
	return scan_dec(s, out);
}

/* scan_word - up to a blank or the end; false at one. */
bool scan_word(struct scan *s, const char **word, size_t *len);

/* scan_until - up to BYTE, which is passed, or to the end; false when it is not there. */
bool scan_until(struct scan *s, char byte, const char **text, size_t *len);

/* scan_is - the LEN bytes at TEXT are WORD. */
static inline bool scan_is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

#endif
