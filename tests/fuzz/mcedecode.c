/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any lines, whole or mixed, give records, and each of them is well-formed. */
#include "err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size, *lf;

	fuzz_begin();
	for (; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (!lf)
			lf = end;

		char *line = fuzz_copy(p, (size_t)(lf - p));

		line_now.number++;
		line_now.has_t = false;
		text_line(line, (size_t)(lf - p));
		free(line);
	}
	text_flush();
	fuzz_end();
	return 0;
}
