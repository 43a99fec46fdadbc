/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replace: a mapping like the old one, elsewhere in the process. */
#include "policy.h"
#include "replace.h"
#include "uffd.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Advice that a mapping of hugetlb memory can carry, as VmFlags shows it (proc(5)). */
static const struct {
	const char *flag;
	int advice;
} advices[] = {
	{"dc", MADV_DONTFORK},
	{"dd", MADV_DONTDUMP},
	{"mg", MADV_MERGEABLE},
	{"rr", MADV_RANDOM},
	{"sr", MADV_SEQUENTIAL},
};

/*
 * A process that locks whatever it maps (mlockall(2)) has all of it there at once, unless it cannot
 * be touched; and what is there cannot be marked.
 */
static int map_memory(struct job *job, struct sharer *sharer)
{
	uint64_t size = job->salvage.size;
	int fd = inject_give_fd(&sharer->in, job->memory);

	if (fd < 0)
		return job_fail_in(job, sharer, "hand over memory");
	sharer->scratch =
		inject_find_hole(&sharer->in, size, size < REPLACE_HUGE ? REPLACE_HUGE : size);
	if (!sharer->scratch || inject_call(&sharer->in, SYS_mmap, sharer->scratch, size, PROT_NONE,
					MAP_SHARED | MAP_FIXED_NOREPLACE, (uint64_t)fd, 0) < 0)
		return job_fail_in(job, sharer, "map memory");
	inject_close(&sharer->in, fd);
	return 0;
}

static int poison_lost(const struct salvage *salvage, int uffd, uint64_t start)
{
	uint64_t at = 0, size = 0;

	if (uffd_register(uffd, start, salvage->size, UFFDIO_REGISTER_MODE_MISSING) != 0)
		return -1;
	while (salvage_next(salvage, false, &at, &size))
		if (uffd_poison(uffd, start + at, size) != 0)
			return -1;
	/* Nobody serves its faults from here on. */
	return uffd_unregister(uffd, start, salvage->size);
}

static int mark_in_page_tables(struct job *job, struct sharer *sharer)
{
	int uffd, result;

	if (job->mark != JOB_MARK_UFFD)
		return 0;
	uffd = uffd_open_in(&sharer->in, UFFD_FEATURE_POISON | UFFD_FEATURE_MISSING_SHMEM);
	if (uffd < 0)
		return job_fail_in(job, sharer, "open userfaultfd");
	result = poison_lost(&job->salvage, uffd, sharer->scratch);
	if (result != 0)
		job_fail_in(job, sharer, "mark what is lost");
	close(uffd);
	return result;
}

/* Huge pages are never swapped out, and the guest of a host that swaps relies on it. */
static int lock(struct job *job, struct sharer *sharer)
{
	return inject_lock(&sharer->in, sharer->scratch, job->salvage.size) == 0
		       ? 0
		       : job_fail_in(job, sharer, "lock memory");
}

static int open_access(struct job *job, struct sharer *sharer)
{
	return inject_call(&sharer->in, SYS_mprotect, sharer->scratch, job->salvage.size,
		       PROT_READ | PROT_WRITE) < 0
		       ? job_fail_in(job, sharer, "protect memory")
		       : 0;
}

static int advise(struct job *job, struct sharer *sharer)
{
	uint64_t size = job->salvage.size;

	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (smaps_has(&sharer->target.area, advices[i].flag) &&
			inject_call(&sharer->in, SYS_madvise, sharer->scratch, size,
				(uint64_t)advices[i].advice) < 0)
			return job_fail_in(job, sharer, "advise on memory");
	return 0;
}

int replace_build(struct job *job, struct sharer *sharer)
{
	if (!target_is_there(job->root, &sharer->target)) {
		errno = ESTALE;
		return job_fail_in(job, sharer, "find the mapping again");
	}
	if (map_memory(job, sharer) != 0 || mark_in_page_tables(job, sharer) != 0 ||
		lock(job, sharer) != 0 || open_access(job, sharer) != 0 || advise(job, sharer) != 0)
		return -1;
	if (policy_read(sharer) != 0 || policy_set_for_filling(job, sharer) != 0)
		return job_fail_in(job, sharer, "keep its memory policy");
	return 0;
}
