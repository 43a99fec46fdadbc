/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rec.h"
#include "rec_bytes.h"

#include <errno.h>
#include <string.h>

/* The end of the name at P, which may be P itself: then there is no name. */
static const char *skip_name(const char *p)
{
	if (!(rec_byte_class[(unsigned char)*p] & REC_BYTE_NAME_START))
		return p;
	while (rec_byte_class[(unsigned char)*p] & REC_BYTE_NAME)
		p++;
	return p;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* The byte that the escape at P, "\xhh", stands for, or -1. */
static int escaped_byte(const char *p)
{
	int high, low;

	if (p[1] != 'x' || (high = hex_value(p[2])) < 0 || (low = hex_value(p[3])) < 0)
		return -1;
	return high << 4 | low;
}

/*
 * The end of the value at P, or NULL with *why.  The LF that ends every line
 * stops each look-ahead: no escape contains one.
 */
static const char *skip_value(const char *p, const char **why)
{
	for (;;) {
		while (rec_byte_class[(unsigned char)*p] & REC_BYTE_PLAIN)
			p++;
		if (*p == ' ' || *p == '\n')
			return p;
		if (*p != '\\') {
			*why = "unescaped byte in a value";
			return NULL;
		}

		int byte = escaped_byte(p);

		if (byte < 0) {
			*why = "broken escape in a value";
			return NULL;
		}
		if (rec_byte_class[byte] & REC_BYTE_PLAIN) {
			*why = "needless escape in a value";
			return NULL;
		}
		p += 4;
	}
}

static bool same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/*
 * Whether the last pair's key was there before.  Most keys differ in length or
 * in first or last byte: a 64-bit set of those answers nearly every time.
 */
static bool is_repeated(const struct rec *rec, uint64_t *seen)
{
	const struct rec_pair *last = &rec->pair[rec->pairs - 1];
	unsigned int hash = (unsigned int)last->key[0] * 7 +
			    (unsigned int)last->key[last->key_len - 1] * 31 + last->key_len;
	uint64_t bit = UINT64_C(1) << (hash & 63);

	if (*seen & bit) {
		for (const struct rec_pair *p = rec->pair; p < last; p++)
			if (same(p->key, p->key_len, last->key, last->key_len))
				return true;
	}
	*seen |= bit;
	return false;
}

/* Read " key=value" at P into the next pair; its end, or NULL with *why. */
static const char *parse_pair(const char *p, struct rec *out, const char **why)
{
	struct rec_pair *pair = &out->pair[out->pairs];

	pair->key = ++p;
	p = skip_name(p);
	if (p == pair->key) {
		*why = *p == ' ' || *p == '\n' ? "blank where a key should be" : "not a key";
		return NULL;
	}
	if (*p != '=') {
		*why = *p == ' ' || *p == '\n' ? "word without =" : "not a key";
		return NULL;
	}
	pair->key_len = (uint16_t)(p - pair->key);
	pair->value = ++p;
	p = skip_value(p, why);
	if (p)
		pair->value_len = (uint16_t)(p - pair->value);
	return p;
}

const char *rec_parse(const char *line, size_t len, struct rec *out)
{
	const char *p = skip_name(line);
	const char *why = NULL;
	uint64_t seen = 0;

	if (len > REC_LINE_MAX)
		return "line too long";
	if (p == line || (*p != ' ' && *p != '\n'))
		return "not a type word";
	out->line = line;
	out->line_len = len;
	out->type_len = (size_t)(p - line);
	out->pairs = 0;
	while (*p == ' ') {
		if (out->pairs == REC_KEYS_MAX)
			return "too many keys";
		p = parse_pair(p, out, &why);
		if (!p)
			return why;
		const struct rec_pair *pair = &out->pair[out->pairs++];

		if (is_repeated(out, &seen))
			return "repeated key";
		if (same(pair->key, pair->key_len, "type", 4))
			return "reserved key";
	}
	return NULL;
}

bool rec_is(const struct rec *rec, const char *type)
{
	return same(rec->line, rec->type_len, type, strlen(type));
}

const struct rec_pair *rec_find(const struct rec *rec, const char *key)
{
	size_t len = strlen(key);

	for (unsigned int i = 0; i < rec->pairs; i++)
		if (same(rec->pair[i].key, rec->pair[i].key_len, key, len))
			return &rec->pair[i];
	return NULL;
}

bool rec_value_is(const struct rec *rec, const char *key, const char *text)
{
	const struct rec_pair *pair = rec_find(rec, key);

	return pair && same(pair->value, pair->value_len, text, strlen(text));
}

static int parse_addr(const struct rec_pair *pair, uint64_t *out)
{
	uint64_t value = 0;

	if (pair->value_len != 18 || memcmp(pair->value, "0x", 2) != 0)
		return -1;
	for (int i = 2; i < 18; i++) {
		int digit = hex_value(pair->value[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | (uint64_t)digit;
	}
	*out = value;
	return 0;
}

static int parse_u64(const struct rec_pair *pair, uint64_t *out)
{
	uint64_t value = 0;

	if (pair->value_len == 0 || (pair->value[0] == '0' && pair->value_len > 1))
		return -1;
	for (int i = 0; i < pair->value_len; i++) {
		unsigned int digit = (unsigned char)pair->value[i] - (unsigned int)'0';

		if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, digit, &value))
			return -1;
	}
	*out = value;
	return 0;
}

static int read_value(const struct rec *rec, const char *key,
	int (*parse)(const struct rec_pair *, uint64_t *), uint64_t *out)
{
	const struct rec_pair *pair = rec_find(rec, key);

	if (pair && parse(pair, out) == 0)
		return 0;
	errno = pair ? EBADMSG : ENOENT;
	return -1;
}

int rec_addr(const struct rec *rec, const char *key, uint64_t *out)
{
	return read_value(rec, key, parse_addr, out);
}

int rec_u64(const struct rec *rec, const char *key, uint64_t *out)
{
	return read_value(rec, key, parse_u64, out);
}

size_t rec_unescape(const char *value, size_t len, char *out)
{
	const char *end = value + len;
	char *start = out;

	while (value < end) {
		if (*value == '\\') {
			*out++ = (char)escaped_byte(value);
			value += 4;
		} else {
			*out++ = *value++;
		}
	}
	return (size_t)(out - start);
}

bool rec_text(const struct rec *rec, const char *key, char *out, size_t size)
{
	char bytes[REC_LINE_MAX];
	const struct rec_pair *pair = rec_find(rec, key);
	size_t len = pair ? rec_unescape(pair->value, pair->value_len, bytes) : 0;

	out[0] = '\0';
	if (len == 0 || len >= size || memchr(bytes, '\0', len))
		return false;
	memcpy(out, bytes, len);
	out[len] = '\0';
	return true;
}

bool rec_is_name(const char *name, size_t len)
{
	if (len == 0 || !(rec_byte_class[(unsigned char)name[0]] & REC_BYTE_NAME_START))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!(rec_byte_class[(unsigned char)name[i]] & REC_BYTE_NAME))
			return false;
	return true;
}
