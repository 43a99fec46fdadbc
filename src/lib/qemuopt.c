/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemuopt.h"

#include <string.h>

enum { JSON_DEPTH_MAX = 16 };

void qemuopt_open(struct qemuopt *opt, const char *text, const char *implied)
{
	opt->json = text[0] == '{';
	opt->rest = opt->json ? text + 1 : text;
	opt->implied = implied;
}

/* A text being copied into an array; what does not fit is counted, and empties it in the end. */
struct copy {
	char *out;
	size_t len, size;
};

static void copy_char(struct copy *copy, char c)
{
	if (copy->len < copy->size - 1)
		copy->out[copy->len] = c;
	copy->len++;
}

static bool copy_end(struct copy *copy)
{
	bool whole = copy->len < copy->size;

	copy->out[whole ? copy->len : 0] = '\0';
	return whole;
}

/* --- key=value,key=value --- */

/* Up to the next single comma, behind which *rest is left. */
static bool take_value(const char **rest, char *out, size_t size)
{
	struct copy copy = {.out = out, .size = size};
	const char *p = *rest;

	for (; *p; p++) {
		if (*p == ',' && *++p != ',')
			break;
		copy_char(&copy, *p);
	}
	*rest = p;
	return copy_end(&copy);
}

static int next_pair(struct qemuopt *opt)
{
	size_t len = strcspn(opt->rest, "=,");
	bool has_key = opt->rest[len] == '=';
	const char *implied = opt->implied;

	opt->implied = NULL;
	if (!opt->rest[0])
		return 0;
	if (!has_key && implied) {
		strncpy(opt->key, implied, sizeof(opt->key) - 1);
		opt->whole = take_value(&opt->rest, opt->value, sizeof(opt->value));
		return 1;
	}
	if (len >= sizeof(opt->key))
		return -1;
	memcpy(opt->key, opt->rest, len);
	opt->key[len] = '\0';
	opt->rest += len + (opt->rest[len] != '\0');
	opt->whole = true;
	if (has_key)
		opt->whole = take_value(&opt->rest, opt->value, sizeof(opt->value));
	else
		strcpy(opt->value, "on");
	return 1;
}

/* --- {"key": value, ...} --- */

static char skip_blanks(const char **p)
{
	*p += strspn(*p, " \t\r\n");
	return **p;
}

static bool copy_code(struct copy *copy, const char *hex)
{
	unsigned int code = 0;

	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef";
		const char *digit = hex[i] ? strchr(digits, hex[i] | 0x20) : NULL;

		if (!digit)
			return false;
		code = code << 4 | (unsigned int)(digit - digits);
	}
	/* Nobody escapes more than control characters; an arbitrary one would need surrogates. */
	if (code == 0 || code > 0x7f)
		copy->len = copy->size;
	else
		copy_char(copy, (char)code);
	return true;
}

/* A string from behind its opening quote; *whole as in struct qemuopt.  False: not JSON. */
static bool take_string(const char **rest, char *out, size_t size, bool *whole)
{
	static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	struct copy copy = {.out = out, .size = size};
	const char *p = *rest;

	for (; *p != '"'; p++) {
		if (!*p)
			return false;
		if (*p != '\\') {
			copy_char(&copy, *p);
			continue;
		}

		const char *name = *++p ? strchr(names, *p) : NULL;

		if (name)
			copy_char(&copy, meant[name - names]);
		else if (*p == 'u' && copy_code(&copy, p + 1))
			p += 4;
		else
			return false;
	}
	*rest = p + 1;
	*whole = copy_end(&copy);
	return true;
}

/* A list or an object, from its opening bracket: brackets in strings do not count. */
static bool skip_nested(struct qemuopt *opt)
{
	unsigned int depth = 0;

	do {
		opt->rest += strcspn(opt->rest, "[]{}\"");
		switch (*opt->rest++) {
		case '\0':
			return false;
		case '"':
			if (!take_string(&opt->rest, opt->value, sizeof(opt->value), &opt->whole))
				return false;
			break;
		case '[':
		case '{':
			if (++depth > JSON_DEPTH_MAX)
				return false;
			break;
		default:
			depth--;
		}
	} while (depth > 0);
	opt->value[0] = '\0';
	opt->whole = false;
	return true;
}

/* A number, true, false or null. */
static bool take_word(struct qemuopt *opt)
{
	struct copy copy = {.out = opt->value, .size = sizeof(opt->value)};
	size_t len = strcspn(opt->rest, " \t\r\n,}");

	for (size_t i = 0; i < len; i++)
		copy_char(&copy, opt->rest[i]);
	opt->rest += len;
	opt->whole = copy_end(&copy);
	if (!strcmp(opt->value, "true"))
		strcpy(opt->value, "on");
	else if (!strcmp(opt->value, "false"))
		strcpy(opt->value, "off");
	return len > 0;
}

static bool take_json_value(struct qemuopt *opt)
{
	switch (skip_blanks(&opt->rest)) {
	case '"':
		opt->rest++;
		return take_string(&opt->rest, opt->value, sizeof(opt->value), &opt->whole);
	case '{':
	case '[':
		return skip_nested(opt);
	default:
		return take_word(opt);
	}
}

static int next_member(struct qemuopt *opt)
{
	bool whole;

	if (skip_blanks(&opt->rest) == '}' || !*opt->rest) {
		bool closed = *opt->rest == '}';

		if (closed)
			opt->rest++;
		return closed && !skip_blanks(&opt->rest) ? 0 : -1;
	}
	if (*opt->rest++ != '"' || !take_string(&opt->rest, opt->key, sizeof(opt->key), &whole) ||
		!whole || skip_blanks(&opt->rest) != ':')
		return -1;
	opt->rest++;
	if (!take_json_value(opt))
		return -1;
	if (skip_blanks(&opt->rest) == ',')
		opt->rest++;
	else if (*opt->rest != '}')
		return -1;
	return 1;
}

int qemuopt_next(struct qemuopt *opt)
{
	return opt->json ? next_member(opt) : next_pair(opt);
}

uint64_t qemuopt_size(const char *text, uint64_t unit)
{
	static const char suffixes[] = "bkmgtpe";
	const char *suffix;
	uint64_t value = 0;

	if (*text < '0' || *text > '9')
		return 0;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
			return 0;
	if (*text) {
		suffix = strchr(suffixes, *text | 0x20);
		if (!suffix || text[1])
			return 0;
		unit = UINT64_C(1) << 10 * (suffix - suffixes);
	}
	return __builtin_mul_overflow(value, unit, &value) ? 0 : value;
}
