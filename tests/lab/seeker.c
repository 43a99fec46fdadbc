/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seeker - find a page of physical memory that is used for something.
 *
 *	seeker KIND [N]
 *
 * Prints the addresses of one page of KIND, in the words of records(5), or of N in a row, from the
 * middle one of all on.
 */
#include "num.h"
#include "page.h"
#include "say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 4096 };

/* Print pages number FIRST to END - 1 of KIND; how many there are. */
static uint64_t seek(int fd, const char *kind, uint64_t first, uint64_t end)
{
	static uint64_t flags[CHUNK];
	uint64_t found = 0, pfn = 0;
	ssize_t n;

	while ((n = page_read(fd, pfn, flags, CHUNK)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (strcmp(page_kind(flags[i]), kind) != 0 ||
				page_has(flags[i], KPF_HWPOISON))
				continue;
			if (found >= first && found < end)
				printf("0x%016" PRIx64 "\n", (pfn + (uint64_t)i) << PAGE_SHIFT);
			found++;
		}
		pfn += (uint64_t)n;
	}
	return found;
}

int main(int argc, char **argv)
{
	struct root root;
	uint64_t wanted = 1;

	say_open("seeker");
	if (argc < 2 || argc > 3)
		die(STATUS_USAGE, "seek: give a kind of pages");
	if (root_open(&root, NULL) != 0)
		die_errno(STATUS_FAILED, "open /");

	if (argc == 3 && num_count(argv[2], 1, 1000, &wanted))
		die(STATUS_USAGE, "seek %s pages: not from 1 to 1000", argv[2]);

	int fd = page_flags_open(&root);
	uint64_t middle = seek(fd, argv[1], 0, 0) / 2;

	if (seek(fd, argv[1], middle, middle + wanted) < middle + wanted)
		die(STATUS_FAILED, "seek %s: not so many", argv[1]);
	return STATUS_DONE;
}
