/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "num.h"

#include <stddef.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
	{"", 1},
	{"K", UINT64_C(1) << 10},
	{"KiB", UINT64_C(1) << 10},
	{"M", UINT64_C(1) << 20},
	{"MiB", UINT64_C(1) << 20},
	{"G", UINT64_C(1) << 30},
	{"GiB", UINT64_C(1) << 30},
	{"T", UINT64_C(1) << 40},
	{"TiB", UINT64_C(1) << 40},
	{"P", UINT64_C(1) << 50},
	{"PiB", UINT64_C(1) << 50},
	{NULL, 0},
};

static const struct unit duration_units[] = {
	{"ns", 1},
	{"us", UINT64_C(1000)},
	{"ms", UINT64_C(1000000)},
	{"s", UINT64_C(1000000000)},
	{"m", UINT64_C(60) * 1000000000},
	{"h", UINT64_C(3600) * 1000000000},
	{"d", UINT64_C(86400) * 1000000000},
	{NULL, 0},
};

static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

/* Read digits from *text on and move *text past them. */
static const char *read_decimal(const char **text, uint64_t *out)
{
	const char *p = *text;
	uint64_t value = 0;

	if (*p < '0' || *p > '9')
		return "not a number";
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return "too large";
	}
	*text = p;
	*out = value;
	return NULL;
}

static const char *read_scaled(const char *text, const struct unit *units, const char *wrong_unit,
	uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t value;
	const char *why = read_decimal(&text, &value);

	if (why)
		return why;
	while (units->name && strcmp(units->name, text) != 0)
		units++;
	if (!units->name)
		return wrong_unit;
	if (__builtin_mul_overflow(value, units->factor, &value) || value > max)
		return "too large";
	if (value < min)
		return "too small";
	*out = value;
	return NULL;
}

const char *num_count(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return read_scaled(text, no_units, "not a number", min, max, out);
}

const char *num_size(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return read_scaled(text, size_units, "unit is not one of K M G T P", min, max, out);
}

const char *num_duration(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return read_scaled(
		text, duration_units, "unit is not one of ns us ms s m h d", min, max, out);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

const char *num_address(const char *text, uint64_t *out)
{
	uint64_t value = 0;
	int digits = 0;

	if (text[0] != '0' || text[1] != 'x')
		return "does not start with 0x";
	for (text += 2; *text; text++, digits++) {
		int digit = hex_digit(*text);

		if (digit < 0)
			return "not a hexadecimal number";
		if (digits == 16)
			return "longer than 16 digits";
		value = value << 4 | (uint64_t)digit;
	}
	if (digits == 0)
		return "no digits after 0x";
	*out = value;
	return NULL;
}
