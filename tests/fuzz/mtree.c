/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text from a monitor as its list of memory: ranges that do not wrap, with whole names. */
#include "fuzz.h"
#include "mtree.h"

enum { RANGES = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mtree_range range[RANGES];
	char *text = malloc(size + 1); /* that ends where its memory ends */
	uint64_t hva;
	pid_t thread;

	MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';

	size_t n = mtree_parse(text, range, RANGES);

	MUST(n <= RANGES + 1);
	for (size_t i = 0; i < n && i < RANGES; i++) {
		MUST(range[i].size && range[i].gpa + (range[i].size - 1) >= range[i].gpa);
		MUST(memchr(range[i].region, '\0', sizeof(range[i].region)));
		MUST(!strpbrk(range[i].region, "\n"));
	}
	if (mtree_hva(text, 0x1000, &hva))
		MUST(strstr(text, "for 0x1000 ") && strstr(text, " is 0x"));
	for (const char *at = text; mtree_thread(&at, &thread);)
		MUST(thread >= 0 && at > text && at <= text + size);
	free(text);
	return 0;
}
