/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "move/latency.h"
#include "unit.h"

static struct latency latency;

static void none(void)
{
	latency = (struct latency){0};
	CHECK_U64(latency_percentile(&latency, 50), 0);
	CHECK_U64(latency_percentile(&latency, 99), 0);
}

/* All numbers are rounded down by an eighth of themselves at most. */
static void rounded_down(void)
{
	static const uint64_t number[] = {
		0, 1, 7, 8, 9, 15, 16, 17, 100, 1000, 123456789, UINT64_C(1) << 63, UINT64_MAX};

	for (size_t i = 0; i < sizeof(number) / sizeof(*number); i++) {
		latency = (struct latency){0};
		latency_add(&latency, number[i]);

		uint64_t shown = latency_percentile(&latency, 99);

		CHECK(shown <= number[i] && number[i] - shown <= number[i] / 8);
	}
}

static void percentiles(void)
{
	latency = (struct latency){0};
	for (unsigned int i = 0; i < 98; i++)
		latency_add(&latency, 64);
	latency_add(&latency, 1024);
	latency_add(&latency, 4096);
	CHECK_U64(latency.count, 100);
	CHECK_U64(latency_percentile(&latency, 50), 64);
	CHECK_U64(latency_percentile(&latency, 98), 64);
	CHECK_U64(latency_percentile(&latency, 99), 1024);
	CHECK_U64(latency_percentile(&latency, 100), 4096);
}

int main(void)
{
	UNIT(none);
	UNIT(rounded_down);
	UNIT(percentiles);
	return unit_end();
}
