/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unmap - take shared memory out of the page tables of a process, as the kernel does at an error
 *
 *	unmap PID VA SIZE
 *
 * It stays in its file.  Stop the process before (SIGSTOP), or else it touches it again.
 */
#include "inject.h"
#include "num.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static struct inject in;

static int unmap(pid_t pid, uint64_t va, uint64_t size)
{
	struct root root;
	int64_t result;

	if (root_open(&root, "/") != 0 || inject_stop(&in, &root, pid) != 0)
		return -1;
	result = inject_call(&in, SYS_madvise, va, size, MADV_DONTNEED);
	inject_release(&in);
	return (int)result;
}

int main(int argc, char **argv)
{
	uint64_t va, size;

	if (argc != 4 || num_address(argv[2], &va) || num_size(argv[3], 1, UINT64_MAX, &size))
		return 2;
	if (unmap((pid_t)strtol(argv[1], NULL, 10), va, size) == 0)
		return 0;
	fprintf(stderr, "unmap: %s\n", strerror(errno));
	return 1;
}
