/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text as each kind of number, between limits taken from the first 16 bytes:
 * a value is within them, and the plainest way to write it is read as the same.
 */
#include "num.h"
#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>

typedef const char *parser(const char *, uint64_t, uint64_t, uint64_t *);

static void check(parser *parse, const char *plain, const char *text, uint64_t min, uint64_t max)
{
	uint64_t value = 4711, again = 0;
	const char *why = parse(text, min, max, &value);
	char line[64];

	if (why) {
		MUST(*why && value == 4711);
		return;
	}
	MUST(value >= min && value <= max);
	snprintf(line, sizeof(line), "%" PRIu64 "%s", value, plain);
	MUST(parse(line, value, value, &again) == NULL && again == value);
	if (value < UINT64_MAX)
		MUST(!strcmp(parse(line, value + 1, UINT64_MAX, &again), "too small"));
	if (value > 0)
		MUST(!strcmp(parse(line, 0, value - 1, &again), "too large"));
}

static void check_address(const char *text)
{
	uint64_t value = 4711, again = 0;
	const char *why = num_address(text, &value);
	char line[64];

	if (why) {
		MUST(*why && value == 4711);
		return;
	}
	snprintf(line, sizeof(line), "0x%016" PRIX64, value);
	MUST(num_address(line, &again) == NULL && again == value);
	MUST(strlen(text) <= 18 && strtoull(text, NULL, 16) == value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t limits[2];

	if (size < sizeof(limits))
		return -1;
	memcpy(limits, data, sizeof(limits));
	data += sizeof(limits);
	size -= sizeof(limits);

	char *text = fuzz_copy(data, size);

	/* The text ends with its memory: its last byte makes room for the NUL. */
	text[size ? size - 1 : 0] = '\0';
	check(num_count, "", text, limits[0], limits[1]);
	check(num_size, "", text, limits[0], limits[1]);
	check(num_duration, "ns", text, limits[0], limits[1]);
	check_address(text);
	free(text);
	return 0;
}
