/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keeper - a process with one page of private memory, for tests to take away from it.
 *
 *	keeper plain|locked|pinned|tables
 *
 * Prints a record for the page, "held addr=ADDR size=4096 pid=PID va=ADDR", and then "#ready";
 * sleeps until it is killed.  A pinned page is in a pipe, and so cannot be moved.  With "tables"
 * most page tables of the machine are this process's, and last as long as it does.
 */
#include "page.h"
#include "rec.h"
#include "say.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

static void pin(char *page)
{
	struct iovec whole = {.iov_base = page, .iov_len = PAGE_BYTES};
	int ends[2];

	if (pipe(ends) != 0 || vmsplice(ends[1], &whole, 1, 0) != PAGE_BYTES)
		die_errno(STATUS_FAILED, "pin the page");
}

/* Have a page table for each of 4096 stretches of 2 MiB; in them is the page of zeros. */
static void keep_tables(void)
{
	const size_t stretch = 2 << 20, all = 4096 * stretch;
	volatile const char *space = mmap(NULL, all, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (space == MAP_FAILED || madvise((void *)space, all, MADV_NOHUGEPAGE) != 0)
		die_errno(STATUS_FAILED, "map room for tables");
	for (size_t at = 0; at < all; at += stretch)
		(void)space[at];
}

static void prepare(const char *kind, char *page)
{
	memset(page, 0xa5, PAGE_BYTES);
	if (!strcmp(kind, "pinned"))
		pin(page);
	else if (!strcmp(kind, "tables"))
		keep_tables();
	else if (!strcmp(kind, "locked") && mlock(page, PAGE_BYTES) != 0)
		die_errno(STATUS_FAILED, "lock the page");
	else if (strcmp(kind, "locked") != 0 && strcmp(kind, "plain") != 0)
		die(STATUS_USAGE, "keep a page: no kind %s", kind);
}

static void print_page(const char *page)
{
	static struct rec_writer record;
	struct root root;
	uint64_t word;

	if (root_open(&root, NULL) != 0)
		die_errno(STATUS_FAILED, "open /");
	if (pagemap_read(pagemap_open(&root, 0), (uintptr_t)page, &word, 1) != 1)
		die_errno(STATUS_FAILED, "look up the page");
	rec_begin(&record, "held");
	rec_put_addr(&record, "addr", pagemap_pfn(word) << PAGE_SHIFT);
	rec_put_u64(&record, "size", PAGE_BYTES);
	rec_put_u64(&record, "pid", (uint64_t)getpid());
	rec_put_addr(&record, "va", (uintptr_t)page);
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
	puts("#ready");
	if (fflush(stdout) != 0)
		exit(say_output_failed());
}

int main(int argc, char **argv)
{
	say_open("keeper");
	if (argc != 2)
		die(STATUS_USAGE, "keep a page: give a kind");

	char *page =
		mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		die_errno(STATUS_FAILED, "map a page");
	prepare(argv[1], page);
	print_page(page);
	for (;;)
		pause();
}
