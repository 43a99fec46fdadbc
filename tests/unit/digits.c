/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digits, escape: what the fast ways write is what the C library and one byte after another do. */
#include "digits.h"
#include "escape.h"
#include "rec_bytes.h"
#include "unit.h"

#include <inttypes.h>
#include <time.h>

/* Numbers of all lengths, the same at each run. */
static uint64_t next_number(void)
{
	static uint64_t x = 1;

	x = x * 6364136223846793005u + 1442695040888963407u;
	return x >> (x >> 58);
}

static const char *ended(char *text, char *end)
{
	*end = '\0';
	return text;
}

static void numbers_are_those_of_printf(void)
{
	char got[32], want[32];

	for (int i = 0; i < 100000; i++) {
		uint64_t n = i < 1000 ? (uint64_t)i : next_number();

		snprintf(want, sizeof(want), "%" PRIu64, n);
		CHECK_TEXT(ended(got, digits_dec(got, n)), want);
		snprintf(want, sizeof(want), "0x%016" PRIx64, n);
		CHECK_TEXT(ended(got, digits_register(got, n)), want);
		snprintf(want, sizeof(want), "0x%04x", (unsigned int)(n & 0xffff));
		CHECK_TEXT(ended(got, digits_code(got, n)), want);
	}
	CHECK_TEXT(ended(got, digits_dec(got, UINT64_MAX)), "18446744073709551615");
}

static void check_time(int64_t seconds, uint32_t nsec)
{
	char got[DIGITS_TIME + 1], want[128];
	time_t t = seconds;
	struct tm tm;

	gmtime_r(&t, &tm);
	snprintf(want, sizeof(want), "%04d-%02d-%02dT%02d:%02d:%02d.%09uZ", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, nsec);
	CHECK_TEXT(ended(got, digits_time(got, seconds, nsec)), want);
}

static void times_are_those_of_gmtime(void)
{
	const int64_t edges[] = {0, -1, 86399, 86400, -86400, -86401, 951782400, 951868800,
		4107542400, DIGITS_TIME_FIRST, DIGITS_TIME_LAST};

	for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++) {
		check_time(edges[i], 0);
		check_time(edges[i], 999999999);
	}
	for (int i = 0; i < 100000; i++) {
		uint64_t span = (uint64_t)(DIGITS_TIME_LAST - DIGITS_TIME_FIRST);

		check_time(DIGITS_TIME_FIRST + (int64_t)(next_number() % span),
			(uint32_t)(next_number() % 1000000000));
	}
}

static void escapes_are_those_of_one_byte_after_another(void)
{
	char text[64 + ESCAPE_READ], got[512], want[512];

	for (int i = 0; i < 100000; i++) {
		size_t len = next_number() % 64;
		char *p = want;

		/* Mostly plain, as text is. */
		for (size_t j = 0; j < sizeof(text); j++)
			text[j] = next_number() % 8 ? (char)('!' + next_number() % 94)
						    : (char)next_number();
		for (size_t j = 0; j < len; j++) {
			unsigned char c = (unsigned char)text[j];

			if (rec_byte_class[c] & REC_BYTE_PLAIN)
				*p++ = (char)c;
			else
				p += sprintf(p, "\\x%02x", c);
		}
		*p = '\0';
		CHECK_TEXT(ended(got, escape_put(got, got + sizeof(got) - 16, text, len)), want);
	}
}

static void escapes_stop_at_the_end(void)
{
	char text[600 + ESCAPE_READ], got[512] = "";

	memset(text, ' ', sizeof(text));
	CHECK(escape_put(got, got + 400, text, 600) <= got + 412);
	memset(text, 'x', sizeof(text));
	CHECK(escape_put(got, got + 400, text, 600) <= got + 412);
}

int main(void)
{
	UNIT(numbers_are_those_of_printf);
	UNIT(times_are_those_of_gmtime);
	UNIT(escapes_are_those_of_one_byte_after_another);
	UNIT(escapes_stop_at_the_end);
	return unit_end();
}
