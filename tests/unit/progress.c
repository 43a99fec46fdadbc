/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress: what is told of a work that goes on. */
#include "progress.h"
#include "unit.h"

#define SECOND UINT64_C(1000000000)
#define GIB    UINT64_C(0x40000000)

static void it_is_for_people(void)
{
	static const struct {
		struct progress progress;
		const char *text;
	} cases[] = {
		{{0, 64 * GIB, 0}, "0.0 B of 64.0 GiB, 0.0 B/s, ? left"},
		{{GIB * 3 / 2, 64 * GIB, 3 * SECOND},
			"1.5 GiB of 64.0 GiB, 512.0 MiB/s, 2:05 left"},
		{{512, 512, SECOND}, "512.0 B of 512.0 B, 512.0 B/s, 0:00 left"},
		{{1024, 512, SECOND}, "1.0 KiB of 512.0 B, 1.0 KiB/s, ? left"},
		{{1, UINT64_MAX, SECOND}, "1.0 B of 16.0 EiB, 1.0 B/s, ? left"},
	};
	char text[160];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		progress_text(&cases[i].progress, text, sizeof(text));
		CHECK_TEXT(text, cases[i].text);
	}
}

int main(void)
{
	UNIT(it_is_for_people);
	return unit_end();
}
