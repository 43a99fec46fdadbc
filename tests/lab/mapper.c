/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapper - a process that has much mapped and touches little.
 *
 *	mapper FILE BYTES	maps the start of FILE, shared, and touches none of it
 *	mapper --areas N	has N areas of a page each
 *
 * Prints "#ready" then, and sleeps until it is killed.
 */
#include "num.h"
#include "page.h"
#include "say.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t number(const char *text, uint64_t max)
{
	uint64_t value;
	const char *why = num_size(text, 1, max, &value);

	if (why)
		die(STATUS_USAGE, "map %s: %s", text, why);
	return value;
}

static void map_file(const char *path, uint64_t size)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 || mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED)
		die_errno(STATUS_FAILED, "map %s", path);
}

/* Areas next to each other stay apart when their rights differ. */
static void map_areas(uint64_t count)
{
	char *memory = mmap(NULL, count * PAGE_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die_errno(STATUS_FAILED, "map areas");
	for (uint64_t i = 0; i < count; i += 2)
		if (mprotect(memory + i * PAGE_BYTES, PAGE_BYTES, PROT_READ) != 0)
			die_errno(STATUS_FAILED, "divide area %zu", (size_t)i);
}

int main(int argc, char **argv)
{
	say_open("mapper");
	if (argc != 3)
		die(STATUS_USAGE, "map: give a file and a size, or --areas and a number");
	if (!strcmp(argv[1], "--areas"))
		map_areas(number(argv[2], 1 << 20));
	else
		map_file(argv[1], number(argv[2], UINT64_C(1) << 40));
	puts("#ready");
	fflush(stdout);
	for (;;)
		pause();
}
