/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_read - read one page of another process the way memscan never does: by
 * letting the kernel copy it.
 *
 *	kernel_read process_vm_readv|pread PID VA
 *
 * On a page with an error that nobody knows of yet the machine check comes in
 * kernel mode, and the machine dies of it.
 */
#include "maps.h"
#include "num.h"
#include "page.h"
#include "say.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static char page[PAGE_BYTES];

static ssize_t read_process(pid_t pid, uint64_t va)
{
	struct iovec local = {page, sizeof(page)};
	struct iovec remote = {(void *)(uintptr_t)va, sizeof(page)};

	return process_vm_readv(pid, &local, 1, &remote, 1, 0);
}

/* The same page through read(2) of the memory's file. */
static ssize_t read_file(pid_t pid, uint64_t va)
{
	static struct maps maps;
	static struct vma vma;
	struct root root;

	if (root_open(&root, NULL) != 0 || maps_open(&maps, &root, pid) != 0)
		die_errno(STATUS_FAILED, "open maps of process %d", pid);
	while (maps_next(&maps, &vma) > 0) {
		if (va < vma.start || va >= vma.end)
			continue;

		int fd = root_openat(&root, O_RDONLY, "proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid,
			vma.start, vma.end);

		return fd < 0 ? -1
			      : pread(fd, page, sizeof(page),
					(off_t)(vma.offset + (va - vma.start)));
	}
	die(STATUS_FAILED, "find 0x%" PRIx64 " in process %d: not mapped", va, pid);
}

int main(int argc, char **argv)
{
	uint64_t pid, va;

	say_open("kernel_read");
	if (argc != 4 || num_count(argv[2], 1, INT32_MAX, &pid) || num_address(argv[3], &va))
		die(STATUS_USAGE, "usage: kernel_read process_vm_readv|pread PID VA");

	ssize_t n =
		strcmp(argv[1], "pread") ? read_process((pid_t)pid, va) : read_file((pid_t)pid, va);

	if (n < 0)
		die_errno(STATUS_SOME, "read 0x%" PRIx64 " of process %" PRIu64, va, pid);
	printf("%zd bytes read\n", n);
	return STATUS_DONE;
}
