/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast a process is searched for pages, beside the least that it takes: to read its pagemap.
 * Needs root.
 */
#include "bench.h"
#include "walk.h"
#include "wanted.h"

#include <sys/mman.h>
#include <unistd.h>

enum {
	MEMORY = 16 << 20, /* bytes, */
	MAPPINGS = 64,     /* each mapped so often */
	ENTRIES = MAPPINGS * (MEMORY / PAGE_BYTES),
	WANTED = 1000,
};

static struct root root;
static struct wanted wanted;
static struct walk walk;
static char *memory;
static size_t seen;

static void make_memory(void)
{
	int fd = memfd_create("memory", MFD_CLOEXEC);

	memory = mmap(
		NULL, (size_t)MAPPINGS * MEMORY, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || ftruncate(fd, MEMORY) != 0 || memory == MAP_FAILED)
		bench_fail("make memory");
	for (size_t i = 0; i < MAPPINGS; i++)
		if (mmap(memory + i * MEMORY, MEMORY, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd, 0) == MAP_FAILED)
			bench_fail("map memory");
}

/* One page of ours, and others all over the address range of a large machine. */
static void want_pages(void)
{
	uint64_t word, frame = 12345;

	if (pagemap_read(pagemap_open(&root, 0), (uintptr_t)memory, &word, 1) != 1 ||
		!pagemap_pfn(word))
		bench_fail("look up a page");
	wanted_add(&wanted, pagemap_pfn(word) * PAGE_BYTES, PAGE_BYTES);
	for (int i = 1; i < WANTED; i++) {
		frame = frame * 6364136223846793005 + 1442695040888963407;
		wanted_add(&wanted, (UINT64_C(1) << 40) + (frame >> 24), 1);
	}
	wanted_settle(&wanted);
}

static void see(void *context, const struct stretch *stretch)
{
	(void)context;
	seen += stretch->frames;
}

static size_t read_pagemap(void)
{
	static uint64_t words[WALK_WORDS];
	int fd = pagemap_open(&root, 0);
	size_t n = 0;

	for (size_t at = 0; at < ENTRIES; at += WALK_WORDS)
		n += (size_t)pagemap_read(
			fd, (uintptr_t)memory + at * PAGE_BYTES, words, WALK_WORDS);
	close(fd);
	return n;
}

static size_t find_owners(void)
{
	seen = 0;
	return walk_process(&walk, getpid()) == 0 && seen == MAPPINGS ? ENTRIES : 0;
}

static struct bench all[] = {
	{.name = "read pagemap", .run = read_pagemap},
	{.name = "poisonctl who", .run = find_owners},
};

static const struct figure figure = {"What it costs to find who has a page",
	"time, as a multiple of that of reading the same part of /proc/PID/pagemap"};

int main(int argc, char **argv)
{
	FILE *tsv = bench_open_rows(argc, argv);

	if (root_open(&root, NULL) != 0)
		bench_fail("open /");
	make_memory();
	want_pages();
	walk.root = &root;
	walk.wanted = &wanted;
	walk.flags_fd = page_flags_open(&root);
	walk.found = see;
	bench_run(all, sizeof(all) / sizeof(*all), "page-table entries", ENTRIES,
		(size_t)ENTRIES * sizeof(uint64_t));
	bench_rows(tsv, &figure, "page-table entries", all, sizeof(all) / sizeof(*all), &all[0]);
	bench_close_rows(tsv);
	return EXIT_SUCCESS;
}
