/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "replace.h"
#include "page.h"
#include "policy.h"
#include "uffd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

/* A page table that is moved as a whole, and a huge page, are of this size on x86-64. */
enum { PMD_BYTES = 2 << 20 };

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

/* What failed, for the message; -1. */
static int fail(struct job *job, const char *what)
{
	job->failed = what;
	job->error = errno;
	return -1;
}

int replace_create(struct job *job)
{
	struct stat st;

	job->memory = memfd_create(TARGET_REPLACEMENT, MFD_CLOEXEC);
	if (job->memory < 0 || ftruncate(job->memory, (off_t)job->salvage.size) != 0 ||
		fstat(job->memory, &st) != 0)
		return fail(job, "create memory");
	job->device = st.st_dev;
	job->inode = st.st_ino;
	return 0;
}

/* --- Building it --- */

static int map_memory(struct job *job, struct sharer *sharer)
{
	uint64_t size = job->salvage.size;
	int fd = inject_give_fd(&sharer->in, job->memory);

	if (fd < 0)
		return fail(job, "hand over memory");
	sharer->scratch = inject_find_hole(&sharer->in, size, size < PMD_BYTES ? PMD_BYTES : size);
	if (!sharer->scratch ||
		inject_call(&sharer->in, SYS_mmap, sharer->scratch, size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_FIXED_NOREPLACE, (uint64_t)fd, 0) < 0)
		return fail(job, "map memory");
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
		return fail(job, "open userfaultfd");
	result = poison_lost(&job->salvage, uffd, sharer->scratch);
	if (result != 0)
		fail(job, "mark what is lost");
	close(uffd);
	return result;
}

static int lock(struct job *job, struct sharer *sharer)
{
	return inject_call(&sharer->in, SYS_mlock2, sharer->scratch, job->salvage.size,
		       MLOCK_ONFAULT) < 0
		       ? -1
		       : 0;
}

static int raise_limit(struct sharer *sharer)
{
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	pid_t pid = sharer->target.pid;

	if (prlimit(pid, RLIMIT_MEMLOCK, NULL, &sharer->limit) != 0)
		return -1;
	sharer->limit_raised = true;
	inject_step();
	return prlimit(pid, RLIMIT_MEMLOCK, &all, NULL);
}

/*
 * Huge pages are never swapped out, and the guest of a host that swaps relies on it.  The
 * process needs no right to it: its limit is lifted for the one call.
 */
static int lock_by_any_means(struct job *job, struct sharer *sharer)
{
	if (lock(job, sharer) == 0)
		return 0;
	if (raise_limit(sharer) != 0)
		return fail(job, "raise its limit of locked memory");
	inject_step();
	if (lock(job, sharer) != 0)
		return fail(job, "lock memory");
	replace_restore_limit(sharer);
	return 0;
}

void replace_restore_limit(struct sharer *sharer)
{
	if (sharer->limit_raised)
		prlimit(sharer->target.pid, RLIMIT_MEMLOCK, &sharer->limit, NULL);
	sharer->limit_raised = false;
}

static int advise(struct job *job, struct sharer *sharer)
{
	uint64_t size = job->salvage.size;

	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (target_has(&sharer->target, advices[i].flag) &&
			inject_call(&sharer->in, SYS_madvise, sharer->scratch, size,
				(uint64_t)advices[i].advice) < 0)
			return fail(job, "advise on memory");
	/* Of a larger page all but a little can be huge again; a kernel may lack such pages. */
	if (size > PMD_BYTES &&
		inject_call(&sharer->in, SYS_madvise, sharer->scratch, size, MADV_HUGEPAGE) < 0 &&
		errno != EINVAL)
		return fail(job, "advise on memory");
	return 0;
}

int replace_build(struct job *job, struct sharer *sharer)
{
	if (!target_is_there(job->root, &sharer->target)) {
		errno = ESTALE;
		return fail(job, "find the mapping again");
	}
	if (map_memory(job, sharer) != 0 || mark_in_page_tables(job, sharer) != 0 ||
		lock_by_any_means(job, sharer) != 0 || advise(job, sharer) != 0)
		return -1;
	if (policy_read(sharer) != 0 || policy_set_for_filling(job, sharer) != 0)
		return fail(job, "keep its memory policy");
	return 0;
}

/* --- Filling it --- */

/* As much as one call takes is not written in one piece: the rest follows. */
static int move_run(struct sharer *sharer, char *data, uint64_t at, uint64_t size,
	ssize_t (*move)(pid_t, const struct iovec *, unsigned long, const struct iovec *,
		unsigned long, unsigned long))
{
	while (size) {
		struct iovec here = {data + at, size};
		struct iovec there = {(void *)(uintptr_t)(sharer->scratch + at), size};
		ssize_t n = move(sharer->in.pid, &here, 1, &there, 1, 0);

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
 * Through the page tables of the process, so that it is charged for the pages, they are locked
 * and its page tables are full.  Then all is read back, which fills those of further
 * processes, too.
 */
int replace_fill(struct job *job, struct sharer *sharer)
{
	const struct salvage *salvage = &job->salvage;
	bool first = sharer == &job->sharer[0];
	uint64_t at = 0, size = 0;

	while (salvage_next(salvage, true, &at, &size)) {
		if (first && move_run(sharer, salvage->data, at, size, process_vm_writev) != 0)
			return fail(job, "fill memory");
		if (is_same(sharer, salvage->data, at, size) != 0)
			return fail(job, "compare memory");
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
		return fail(job, "take over SIGBUS");
	memory = mmap(NULL, job->salvage.size, PROT_READ | PROT_WRITE, MAP_SHARED, job->memory, 0);
	if (memory == MAP_FAILED)
		return fail(job, "map memory");
	while (result == 0 && salvage_next(&job->salvage, false, &at, &size))
		if (poison_pages(memory + at, size) != 0)
			result = fail(job, "mark what is lost");
	munmap(memory, job->salvage.size);
	return result;
}

/* --- Putting it in place --- */

static int protection(const struct vma *vma)
{
	return (vma->readable ? PROT_READ : 0) | (vma->writable ? PROT_WRITE : 0) |
	       (vma->executable ? PROT_EXEC : 0);
}

bool replace_is_committed(const struct job *job, const struct sharer *sharer)
{
	struct target replacement = sharer->target;

	replacement.vma.major = major(job->device);
	replacement.vma.minor = minor(job->device);
	replacement.vma.inode = job->inode;
	replacement.offset = 0;
	return target_is_there(job->root, &replacement);
}

int replace_commit(struct job *job, struct sharer *sharer)
{
	uint64_t size = job->salvage.size;
	struct inject *in = &sharer->in;
	int allowed = protection(&sharer->target.vma);

	if (replace_is_committed(job, sharer)) {
		sharer->committed = true;
		return 0;
	}
	if (policy_set(job, sharer) != 0)
		return fail(job, "keep its memory policy");
	if (allowed != (PROT_READ | PROT_WRITE) &&
		inject_call(in, SYS_mprotect, sharer->scratch, size, (uint64_t)allowed) < 0)
		return fail(job, "protect memory");
	if (inject_call(in, SYS_mremap, sharer->scratch, size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
		    sharer->target.va) < 0)
		return fail(job, "put memory in its place");
	sharer->committed = true;
	return 0;
}

void replace_undo(struct job *job, struct sharer *sharer)
{
	if (sharer->scratch && !sharer->committed)
		inject_call(&sharer->in, SYS_munmap, sharer->scratch, job->salvage.size);
	sharer->scratch = 0;
}
