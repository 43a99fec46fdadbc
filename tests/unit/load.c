/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load: what cannot be loaded is not taken for zeros. */
#include "move/load.h"
#include "unit.h"

#include <sys/mman.h>
#include <unistd.h>

enum { PAGES = 3 };

static struct load load;

/* A file of which the pages in MAP, one bit each, have content. */
static void open_file(struct parts *parts, unsigned int map)
{
	int fd = memfd_create("load", MFD_CLOEXEC);

	CHECK(fd >= 0 && ftruncate(fd, (off_t)PAGES * PAGE_BYTES) == 0);
	for (unsigned int i = 0; i < PAGES; i++)
		if (map >> i & 1)
			CHECK(pwrite(fd, "a", 1, (off_t)i * PAGE_BYTES) == 1);
	CHECK(parts_add(parts, fd, 0, PAGES) == 0);
}

/* What each page of MEMORY is found to be, where FILE says which of them have content. */
static const char *found(const struct parts *file, const unsigned char *memory)
{
	static const char letters[] = {[PAGE_DATA] = 'd', [PAGE_ZERO] = 'z', [PAGE_LOST] = 'l'};
	static char text[PAGES + 1];
	int n = load_pages(&load, file, memory, 0, PAGES);

	CHECK(n >= 0 && n <= PAGES);
	for (int i = 0; i < n; i++)
		text[i] = letters[load.content[i]];
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* The memory has a hole in its midst, and the first time that is what its file says, too. */
static void a_hole_is_zeros_and_what_cannot_be_had_is_lost(void)
{
	struct parts holes = {0}, full = {0};
	const unsigned char *memory;

	open_file(&holes, 5);
	open_file(&full, 7);
	memory = parts_map(&holes, PROT_READ);
	CHECK(memory && load_open() == 0);
	CHECK_TEXT(found(&holes, memory), "dzd");
	CHECK_TEXT(found(&full, memory), "dl");
	munmap((void *)(uintptr_t)memory, (size_t)PAGES * PAGE_BYTES);
	parts_close(&holes);
	parts_close(&full);
}

int main(void)
{
	UNIT(a_hole_is_zeros_and_what_cannot_be_had_is_lost);
	return unit_end();
}
