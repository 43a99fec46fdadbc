/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holder - a process with memory of its own, for tests to look for errors in.
 *
 *	holder memfd|hugetlb|anonymous BYTES [NODE]
 *
 * Maps BYTES of shared memory (of NUMA node NODE), fills it, prints a record for each of its base
 * pages and then "#ready", and sleeps until it is killed:
 *
 *	held addr=0x0000000012345000 size=4096 pid=123 va=0x00007f0123456000 off=0
 *
 * KIND may also be the name of a file that is there and has BYTES, which is then only read.
 * SIGUSR1 has it map another memfd, "other", in the place of that memory.
 */
#include "num.h"
#include "page.h"
#include "rec.h"
#include "say.h"

#include <fcntl.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_memory(const char *kind)
{
	int fd = -1;

	if (!strcmp(kind, "memfd"))
		fd = memfd_create("held", MFD_CLOEXEC);
	else if (!strcmp(kind, "hugetlb"))
		fd = memfd_create("held", MFD_CLOEXEC | MFD_HUGETLB);
	else if (*kind == '/')
		fd = open(kind, O_RDONLY | O_CLOEXEC);
	else if (strcmp(kind, "anonymous") != 0)
		die(STATUS_USAGE, "hold memory: no kind %s", kind);
	else
		return -1;
	if (fd < 0)
		die_errno(STATUS_FAILED, "create %s", kind);
	return fd;
}

static char *map_memory(const char *kind, size_t size)
{
	int fd = open_memory(kind);
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	bool is_file = *kind == '/';

	if (fd >= 0 && !is_file && ftruncate(fd, (off_t)size) != 0)
		die_errno(STATUS_FAILED, "size %s", kind);

	char *memory = mmap(NULL, size, is_file ? PROT_READ : PROT_READ | PROT_WRITE, flags, fd, 0);

	if (memory == MAP_FAILED)
		die_errno(STATUS_FAILED, "map %s", kind);
	if (!is_file)
		memset(memory, 0xa5, size);
	else if (madvise(memory, size, MADV_POPULATE_READ) != 0)
		die_errno(STATUS_FAILED, "read %s", kind);
	return memory;
}

/* Until it is killed; each SIGUSR1 puts other memory in the place of what is there. */
static _Noreturn void hold(char *memory, size_t size)
{
	sigset_t wanted;
	int number;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGUSR1);
	while (sigwait(&wanted, &number) == 0) {
		int fd = memfd_create("other", MFD_CLOEXEC);

		if (fd < 0 || ftruncate(fd, (off_t)size) != 0 ||
			mmap(memory, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
				MAP_FAILED)
			die_errno(STATUS_FAILED, "map other memory");
		memset(memory, 0x5a, size);
		close(fd);
	}
	die(STATUS_FAILED, "wait for a signal");
}

static void block_signal(int number)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, number);
	sigprocmask(SIG_BLOCK, &signals, NULL);
}

static void print_page(const char *memory, size_t offset, uint64_t frame)
{
	static struct rec_writer record;

	rec_begin(&record, "held");
	rec_put_addr(&record, "addr", frame << PAGE_SHIFT);
	rec_put_u64(&record, "size", PAGE_BYTES);
	rec_put_u64(&record, "pid", (uint64_t)getpid());
	rec_put_addr(&record, "va", (uintptr_t)memory + offset);
	rec_put_u64(&record, "off", offset);
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
}

static void print_pages(const char *memory, size_t size)
{
	struct root root;
	uint64_t word;

	if (root_open(&root, NULL) != 0)
		die_errno(STATUS_FAILED, "open /");

	int pagemap = pagemap_open(&root, 0);

	for (size_t offset = 0; offset < size; offset += PAGE_BYTES) {
		if (pagemap_read(pagemap, (uintptr_t)memory + offset, &word, 1) != 1 ||
			!pagemap_pfn(word))
			die(STATUS_FAILED, "look up the page at %p: not there", memory + offset);
		print_page(memory, offset, pagemap_pfn(word));
	}
	puts("#ready");
	if (fflush(stdout) != 0)
		exit(say_output_failed());
}

/* All memory from now on comes from NODE (set_mempolicy(2)). */
static void bind_to_node(const char *text)
{
	uint64_t node;
	const char *why = num_count(text, 0, 63, &node);

	if (why)
		die(STATUS_USAGE, "hold memory of node %s: %s", text, why);

	unsigned long nodes = 1UL << node;

	if (syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, sizeof(nodes) * 8) != 0)
		die_errno(STATUS_FAILED, "hold memory of node %s", text);
}

int main(int argc, char **argv)
{
	uint64_t size;
	const char *why;

	say_open("holder");
	if (argc != 3 && argc != 4)
		die(STATUS_USAGE, "hold memory: give a kind and a size");
	why = num_size(argv[2], PAGE_BYTES, UINT64_C(1) << 40, &size);
	if (why)
		die(STATUS_USAGE, "hold %s bytes: %s", argv[2], why);

	if (argc == 4)
		bind_to_node(argv[3]);

	char *memory = map_memory(argv[1], (size_t)size);

	block_signal(SIGUSR1);
	print_pages(memory, (size_t)size);
	hold(memory, (size_t)size);
}
