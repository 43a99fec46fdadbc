/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan - step through a line of text.
 *
 * Each function moves past what it was asked for, or returns false and stays.
 * Nothing is read behind the end of the line.
 */
#ifndef MEMPATROL_SCAN_H
#define MEMPATROL_SCAN_H

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

/* scan_dec, scan_hex - a number; one that does not fit is none.  scan_hex takes a 0x as well. */
bool scan_dec(struct scan *s, uint64_t *out);
bool scan_hex(struct scan *s, uint64_t *out);

/* scan_number - hexadecimal with 0x, decimal without. */
bool scan_number(struct scan *s, uint64_t *out);

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
