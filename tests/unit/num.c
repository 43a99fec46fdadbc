/* SPDX-License-Identifier: GPL-2.0-or-later */
/* num: what people may type as a number, and the reason when they may not. */
#include "num.h"
#include "unit.h"

enum { UNTOUCHED = 4711 };

struct number_case {
	const char *text;
	uint64_t min, max;
	const char *why; /* NULL: value is read */
	uint64_t value;
};

typedef const char *parser(const char *, uint64_t, uint64_t, uint64_t *);

static void check_cases(parser *parse, const struct number_case *c, size_t n)
{
	for (; n > 0; n--, c++) {
		uint64_t value = UNTOUCHED;

		unit_row = c->text;
		CHECK_TEXT(parse(c->text, c->min, c->max, &value), c->why);
		CHECK_U64(value, c->why ? UNTOUCHED : c->value);
	}
}

#define CHECK_CASES(parse, cases) check_cases(parse, cases, sizeof(cases) / sizeof(*(cases)))

static void count_is_a_decimal_within_limits(void)
{
	static const struct number_case cases[] = {
		{"0", 0, 9, NULL, 0},
		{"9", 0, 9, NULL, 9},
		{"10", 0, 9, "too large", 0},
		{"4", 5, 9, "too small", 0},
		{"5", 5, 9, NULL, 5},
		{"007", 0, 9, NULL, 7},
		{"18446744073709551615", 0, UINT64_MAX, NULL, UINT64_MAX},
		{"18446744073709551616", 0, UINT64_MAX, "too large", 0},
		{"18446744073709551620", 0, UINT64_MAX, "too large", 0},
		{"99999999999999999999999", 0, UINT64_MAX, "too large", 0},
	};

	CHECK_CASES(num_count, cases);
}

static void count_is_nothing_else(void)
{
	static const struct number_case cases[] = {
		{"", 0, 9, "not a number", 0},
		{" 1", 0, 9, "not a number", 0},
		{"1 ", 0, 9, "not a number", 0},
		{"1\n", 0, 9, "not a number", 0},
		{"+1", 0, 9, "not a number", 0},
		{"-1", 0, UINT64_MAX, "not a number", 0},
		{"0x1", 0, 9, "not a number", 0},
		{"1.0", 0, 9, "not a number", 0},
		{"1K", 0, 9999, "not a number", 0},
		{"1e3", 0, 9999, "not a number", 0},
		{"one", 0, 9, "not a number", 0},
		{"\xd9\xa1", 0, 9, "not a number", 0}, /* ARABIC-INDIC DIGIT ONE */
		{"/", 0, 99, "not a number", 0},
		{":", 0, 99, "not a number", 0},
	};

	CHECK_CASES(num_count, cases);
}

static void size_takes_powers_of_1024(void)
{
	static const struct number_case cases[] = {
		{"0", 0, UINT64_MAX, NULL, 0},
		{"4096", 0, UINT64_MAX, NULL, 4096},
		{"1K", 0, UINT64_MAX, NULL, 1024},
		{"1KiB", 0, UINT64_MAX, NULL, 1024},
		{"3M", 0, UINT64_MAX, NULL, 3145728},
		{"3MiB", 0, UINT64_MAX, NULL, 3145728},
		{"2G", 0, UINT64_MAX, NULL, 2147483648},
		{"2GiB", 0, UINT64_MAX, NULL, 2147483648},
		{"1T", 0, UINT64_MAX, NULL, 1099511627776},
		{"1TiB", 0, UINT64_MAX, NULL, 1099511627776},
		{"1P", 0, UINT64_MAX, NULL, 1125899906842624},
		{"16383PiB", 0, UINT64_MAX, NULL, UINT64_C(16383) << 50},
		{"16384P", 0, UINT64_MAX, "too large", 0},
		{"17592186044416M", 0, UINT64_MAX, "too large", 0},
		{"18446744073709551616K", 0, UINT64_MAX, "too large", 0},
		{"2M", 4096, 2097152, NULL, 2097152},
		{"2049K", 4096, 2097152, "too large", 0},
		{"3K", 4096, 2097152, "too small", 0},
	};

	CHECK_CASES(num_size, cases);
}

static void size_refuses_other_units(void)
{
	static const char wrong[] = "unit is not one of K M G T P";
	static const struct number_case cases[] = {
		{"1KB", 0, UINT64_MAX, wrong, 0},
		{"1k", 0, UINT64_MAX, wrong, 0},
		{"1Ki", 0, UINT64_MAX, wrong, 0},
		{"1KiBs", 0, UINT64_MAX, wrong, 0},
		{"1E", 0, UINT64_MAX, wrong, 0},
		{"1 K", 0, UINT64_MAX, wrong, 0},
		{"1.5G", 0, UINT64_MAX, wrong, 0},
		{"1B", 0, UINT64_MAX, wrong, 0},
		{"K", 0, UINT64_MAX, "not a number", 0},
		{"", 0, UINT64_MAX, "not a number", 0},
		{"-1K", 0, UINT64_MAX, "not a number", 0},
	};

	CHECK_CASES(num_size, cases);
}

static void duration_needs_a_unit(void)
{
	static const char wrong[] = "unit is not one of ns us ms s m h d";
	static const struct number_case cases[] = {
		{"0s", 0, UINT64_MAX, NULL, 0},
		{"7ns", 0, UINT64_MAX, NULL, 7},
		{"7us", 0, UINT64_MAX, NULL, 7000},
		{"7ms", 0, UINT64_MAX, NULL, 7000000},
		{"7s", 0, UINT64_MAX, NULL, 7000000000},
		{"7m", 0, UINT64_MAX, NULL, 420000000000},
		{"7h", 0, UINT64_MAX, NULL, 25200000000000},
		{"7d", 0, UINT64_MAX, NULL, 604800000000000},
		{"213503d", 0, UINT64_MAX, NULL, 18446659200000000000U},
		{"213504d", 0, UINT64_MAX, "too large", 0},
		{"18446744073709551615ns", 0, UINT64_MAX, NULL, UINT64_MAX},
		{"18446744073s", 0, UINT64_MAX, NULL, 18446744073000000000U},
		{"18446744074s", 0, UINT64_MAX, "too large", 0},
		{"1s", 1000000000, 2000000000, NULL, 1000000000},
		{"999ms", 1000000000, 2000000000, "too small", 0},
		{"2001ms", 1000000000, 2000000000, "too large", 0},
		{"30", 0, UINT64_MAX, wrong, 0},
		{"30 s", 0, UINT64_MAX, wrong, 0},
		{"30S", 0, UINT64_MAX, wrong, 0},
		{"30sec", 0, UINT64_MAX, wrong, 0},
		{"1h30m", 0, UINT64_MAX, wrong, 0},
		{"1w", 0, UINT64_MAX, wrong, 0},
		{"s", 0, UINT64_MAX, "not a number", 0},
		{"-1s", 0, UINT64_MAX, "not a number", 0},
	};

	CHECK_CASES(num_duration, cases);
}

static const char *address(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	(void)min, (void)max;
	return num_address(text, out);
}

static void address_is_0x_and_1_to_16_digits(void)
{
	static const struct number_case cases[] = {
		{"0x0", 0, 0, NULL, 0},
		{"0x1000", 0, 0, NULL, 4096},
		{"0xabcdef", 0, 0, NULL, 0xabcdef},
		{"0xABCDEF", 0, 0, NULL, 0xabcdef},
		{"0x000000123456f000", 0, 0, NULL, 0x123456f000},
		{"0xffffffffffffffff", 0, 0, NULL, UINT64_MAX},
		{"0x10000000000000000", 0, 0, "longer than 16 digits", 0},
		{"0x00000000000000001", 0, 0, "longer than 16 digits", 0},
		{"", 0, 0, "does not start with 0x", 0},
		{"0", 0, 0, "does not start with 0x", 0},
		{"12345", 0, 0, "does not start with 0x", 0},
		{"0X1000", 0, 0, "does not start with 0x", 0},
		{" 0x1000", 0, 0, "does not start with 0x", 0},
		{"ffff", 0, 0, "does not start with 0x", 0},
		{"0x", 0, 0, "no digits after 0x", 0},
		{"0x1g", 0, 0, "not a hexadecimal number", 0},
		{"0x1000 ", 0, 0, "not a hexadecimal number", 0},
		{"0x-1", 0, 0, "not a hexadecimal number", 0},
		{"0x0x1", 0, 0, "not a hexadecimal number", 0},
		{"0x10_00", 0, 0, "not a hexadecimal number", 0},
	};

	CHECK_CASES(address, cases);
}

/* Every byte: only these may stand behind 0x. */
static void address_knows_its_digits(void)
{
	for (int byte = 1; byte < 256; byte++) {
		const char text[] = {'0', 'x', (char)byte, '\0'};
		const char *digit = strchr("0123456789abcdefABCDEF", byte);
		uint64_t value = UNTOUCHED;

		if (!digit) {
			CHECK_TEXT(num_address(text, &value), "not a hexadecimal number");
			continue;
		}
		CHECK_TEXT(num_address(text, &value), NULL);
		CHECK_U64(value, strtoull(text, NULL, 16));
	}
}

int main(void)
{
	UNIT(count_is_a_decimal_within_limits);
	UNIT(count_is_nothing_else);
	UNIT(size_takes_powers_of_1024);
	UNIT(size_refuses_other_units);
	UNIT(duration_needs_a_unit);
	UNIT(address_is_0x_and_1_to_16_digits);
	UNIT(address_knows_its_digits);
	return unit_end();
}
