/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "refill.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

const char *refill_claim(struct job *job, uint64_t size)
{
	unsigned int order = (unsigned int)__builtin_ctzll(size) << MAP_HUGE_SHIFT;

	job->memory = memfd_create("hugesplit-claim", MFD_CLOEXEC | MFD_HUGETLB | order);
	if (job->memory < 0 || ftruncate(job->memory, (off_t)size) != 0)
		return "failed";
	if (fallocate(job->memory, 0, 0, (off_t)size) == 0)
		return NULL;
	return errno == ENOSPC || errno == ENOMEM ? "pool" : "failed";
}

/* As the process itself would: by its memory policy, and charged to its control group. */
static bool take_page_as(struct sharer *sharer, uint64_t size)
{
	int advice = sharer->target.area.vma.writable ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;

	return inject_call(&sharer->in, SYS_madvise, sharer->target.va, size, (uint64_t)advice) >=
	       0;
}

/*
 * There is no way back: the only copy of the data is ours, and processes must not see the hole.
 * Should somebody have been quicker to take the page that was claimed, they wait for another.
 */
static void take_page(struct job *job, const struct target *target)
{
	const struct timespec pause = {.tv_nsec = 100000000};
	bool told = false;
	int error;

	if (take_page_as(&job->sharer[0], target->size))
		return;
	if (ftruncate(job->memory, 0) == 0 && take_page_as(&job->sharer[0], target->size))
		return;
	error = errno;
	while (fallocate(job->file, 0, (off_t)target->offset, (off_t)target->size) != 0) {
		if (!told)
			say_errno("get a huge page for process %d, which stands still until then",
				target->pid);
		told = true;
		nanosleep(&pause, NULL);
	}
	errno = error;
	say_errno("take a huge page as process %d would: took one as this program would",
		target->pid);
}

static void copy_into(const struct salvage *salvage, char *page)
{
	uint64_t at = 0, size = 0;

	while (salvage_next(salvage, true, &at, &size))
		memcpy(page + at, salvage->data + at, size);
}

int refill(struct job *job)
{
	const struct target *target = &job->sharer[0].target;
	char *page = mmap(NULL, target->size, PROT_READ | PROT_WRITE, MAP_SHARED, job->file,
		(off_t)target->offset);

	if (page == MAP_FAILED)
		return job_fail(job, "map the file");
	job->committing = true;
	inject_step();
	if (fallocate(job->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)target->offset,
		    (off_t)target->size) != 0) {
		job_fail(job, "discard the page");
		job->committing = false;
		munmap(page, target->size);
		return -1;
	}
	inject_step();
	take_page(job, target);
	inject_step();
	copy_into(&job->salvage, page);
	inject_step();
	job->refilled = true;
	munmap(page, target->size);
	return 0;
}
