/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replace: what is in it. */
#include "page.h"
#include "replace.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/uio.h>

/* As much as one call takes is not written in one piece: the rest follows. */
static int write_all(struct sharer *sharer, char *data, uint64_t at, uint64_t size)
{
	while (size) {
		struct iovec here = {data + at, size};
		struct iovec there = {(void *)(uintptr_t)(sharer->scratch + at), size};
		ssize_t n = process_vm_writev(sharer->in.pid, &here, 1, &there, 1, 0);

		if (n <= 0)
			return -1;
		at += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return 0;
}

static int is_same(struct sharer *sharer, const char *data, uint64_t at, uint64_t size)
{
	static char there[1 << 16];

	for (uint64_t done = 0; done < size; done += sizeof(there)) {
		uint64_t n = size - done < sizeof(there) ? size - done : sizeof(there);

		if (inject_read(&sharer->in, sharer->scratch + at + done, there, n) != 0)
			return -1;
		if (memcmp(there, data + at + done, n) != 0) {
			errno = EBADMSG;
			return -1;
		}
	}
	return 0;
}

/*
 * Through the page tables of the first process, so that it is charged for the pages, they are
 * locked and its page tables are full.  Then all is read back, which fills those of further
 * processes, too.
 */
static int fill_piece(struct job *job, uint64_t at, uint64_t size)
{
	char *data = job->salvage.data;

	for (unsigned int i = 0; i < job->sharers; i++) {
		struct sharer *sharer = &job->sharer[i];

		inject_step();
		if (i == 0 && write_all(sharer, data, at, size) != 0)
			return job_fail_in(job, sharer, "fill memory");
		if (is_same(sharer, data, at, size) != 0)
			return job_fail_in(job, sharer, "compare memory");
	}
	salvage_drop(&job->salvage, at, size);
	return 0;
}

int replace_fill(struct job *job)
{
	uint64_t at = 0, size = 0, done, n;

	while (salvage_next(&job->salvage, true, &at, &size))
		for (done = 0; done < size; done += n) {
			n = MIN(size - done, SALVAGE_PIECE - (at + done) % SALVAGE_PIECE);
			if (fill_piece(job, at + done, n) != 0)
				return -1;
		}
	return 0;
}

/* The kernel tells us of our own page: there is nothing to do about it. */
static void ignore(int number)
{
	(void)number;
}

/* A page must be there, or else the kernel marks the page of zeros that all share. */
static int poison_pages(char *memory, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += PAGE_BYTES) {
		*(volatile char *)(memory + at) = 1;
		if (madvise(memory + at, PAGE_BYTES, MADV_HWPOISON) != 0)
			return -1;
	}
	return 0;
}

int replace_mark(struct job *job)
{
	const struct sigaction action = {.sa_handler = ignore};
	uint64_t at = 0, size = 0;
	char *memory;
	int result = 0;

	if (job->mark != JOB_MARK_HWPOISON)
		return 0;
	/* SIG_IGN would not do: the signal is forced. */
	if (sigaction(SIGBUS, &action, NULL) != 0)
		return job_fail(job, "take over SIGBUS");
	memory = mmap(NULL, job->salvage.size, PROT_READ | PROT_WRITE, MAP_SHARED, job->memory, 0);
	if (memory == MAP_FAILED)
		return job_fail(job, "map memory");
	while (result == 0 && salvage_next(&job->salvage, false, &at, &size))
		if (poison_pages(memory + at, size) != 0)
			result = job_fail(job, "mark what is lost");
	munmap(memory, job->salvage.size);
	return result;
}
