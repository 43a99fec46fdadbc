/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * puncher - somebody else's memory file, of which random pages come and go
 *
 *	puncher FILE PAGES ROUNDS
 *
 * Fills or punches a random page of FILE, which is PAGES long, ROUNDS times, and prints how many
 * pages must be there in the end:
 *
 *	pages=123
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PAGE = 4096 };

static void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	static char content[PAGE] = "x", there[1 << 16];
	long pages = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
	long rounds = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	int fd = argc == 4 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
	long sum = 0;

	if (fd < 0 || pages < 1 || pages > (long)sizeof(there))
		fail("puncher FILE PAGES ROUNDS");
	srandom(1);
	while (rounds-- > 0) {
		long page = random() % pages;
		off_t offset = (off_t)page * PAGE;

		there[page] = (char)(random() & 1);
		if (there[page] ? pwrite(fd, content, PAGE, offset) != PAGE
				: fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
					  PAGE) != 0)
			fail(argv[1]);
	}
	for (long page = 0; page < pages; page++)
		sum += there[page];
	printf("pages=%ld\n", sum);
	return 0;
}
