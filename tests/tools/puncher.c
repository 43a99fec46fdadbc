/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * puncher - somebody else's memory file, of which random pages come and go
 *
 *	puncher FILE PAGES ROUNDS
 *
 * Fills or punches a random page of FILE, which is PAGES of its own size long, ROUNDS times, and
 * prints how many pages must be there in the end:
 *
 *	pages=123
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGES_MAX = 1 << 16 };

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static char *map_file(const char *path, int fd, size_t pages, size_t *page)
{
	struct stat st;
	char *memory;

	if (fstat(fd, &st) != 0)
		fail(path);
	*page = (size_t)st.st_blksize; /* on hugetlbfs that of a huge page */
	memory = mmap(NULL, pages * *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		fail(path);
	return memory;
}

int main(int argc, char **argv)
{
	static char there[PAGES_MAX];
	long pages = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
	long rounds = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	int fd = argc == 4 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
	long sum = 0;
	size_t page;

	if (fd < 0 || pages < 1 || pages > PAGES_MAX)
		fail("puncher FILE PAGES ROUNDS");

	char *memory = map_file(argv[1], fd, (size_t)pages, &page);

	srandom(1);
	while (rounds-- > 0) {
		long i = random() % pages;
		off_t offset = (off_t)((size_t)i * page);

		there[i] = (char)(random() & 1);
		if (there[i])
			memory[offset] = 'x';
		else if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
				 (off_t)page) != 0)
			fail(argv[1]);
	}
	for (long i = 0; i < pages; i++)
		sum += there[i];
	printf("pages=%ld\n", sum);
	return 0;
}
