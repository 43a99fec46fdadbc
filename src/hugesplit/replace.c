/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replace: the memory itself, and putting it in place. */
#include "replace.h"
#include "policy.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* --- The memory --- */

/*
 * A file system of our own, for a file that has huge pages wherever the kernel finds some; memfd
 * has such only where shmem_enabled says so.  Its file is named like a memfd.
 */
static int mount_huge(void)
{
	int mount = -1, fs = fsopen("tmpfs", FSOPEN_CLOEXEC);

	if (fs >= 0 && fsconfig(fs, FSCONFIG_SET_STRING, "huge", "always", 0) == 0 &&
		fsconfig(fs, FSCONFIG_SET_STRING, "size", "0", 0) == 0 && /* unlimited */
		fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		mount = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	if (fs >= 0)
		close(fs);
	return mount;
}

static int create_huge(void)
{
	static const char name[] = "memfd:" MAPS_REPLACEMENT;
	int mount = mount_huge(), fd;

	if (mount < 0) {
		say_errno("get memory of pages of 2 MiB: use small ones");
		return memfd_create(MAPS_REPLACEMENT, MFD_CLOEXEC);
	}
	fd = openat(mount, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		unlinkat(mount, name, 0);
	close(mount);
	return fd;
}

int replace_create(struct job *job)
{
	uint64_t size = job->salvage.size;
	struct stat st;

	job->memory =
		size > REPLACE_HUGE ? create_huge() : memfd_create(MAPS_REPLACEMENT, MFD_CLOEXEC);
	if (job->memory < 0 || ftruncate(job->memory, (off_t)size) != 0 ||
		fstat(job->memory, &st) != 0)
		return job_fail(job, "create memory");
	job->device = st.st_dev;
	job->inode = st.st_ino;
	return 0;
}

/* All that could be in huge pages: where nothing is lost within. */
static uint64_t count_whole(const struct salvage *salvage)
{
	uint64_t at = 0, size = 0, whole = 0;

	while (salvage_next(salvage, true, &at, &size)) {
		uint64_t first = roundup(at, REPLACE_HUGE), end = at + size;

		if (end > first)
			whole += (end - first) & ~(REPLACE_HUGE - 1);
	}
	return whole;
}

int replace_check_huge(struct job *job)
{
	static struct target replacement;
	struct sharer *sharer = &job->sharer[0];

	if (target_find(job->root, sharer->target.pid, sharer->scratch, &replacement) != 1)
		return job_fail_in(job, sharer, "look at the memory");
	if (replacement.area.huge >= count_whole(&job->salvage))
		return 0;
	job->refused = "fragmented";
	errno = ENOMEM;
	return job_fail(job, "get memory of pages of 2 MiB");
}

/* --- Putting it in place --- */

/* The scratch page may be yet to come, and one is shown that does not count ([vsyscall]). */
enum { AREAS_FREE = 6 };

static int protection(const struct vma *vma)
{
	return (vma->readable ? PROT_READ : 0) | (vma->writable ? PROT_WRITE : 0) |
	       (vma->executable ? PROT_EXEC : 0);
}

bool replace_is_committed(const struct job *job, const struct sharer *sharer)
{
	struct target replacement = sharer->target;

	replacement.area.vma.major = major(job->device);
	replacement.area.vma.minor = minor(job->device);
	replacement.area.vma.inode = job->inode;
	replacement.offset = 0;
	return target_is_there(job->root, &replacement);
}

/* mremap(2) is refused to those that have so many areas (mremap_to() in mm/mremap.c). */
static int check_areas(struct job *job, const struct sharer *sharer)
{
	static struct maps maps;
	static struct vma area;
	uint64_t max, n = 0;
	int more;

	if (root_read_u64(job->root, 10, &max, "proc/sys/vm/max_map_count") != 0 ||
		maps_open(&maps, job->root, sharer->target.pid) != 0)
		return -1;
	while ((more = maps_next(&maps, &area)) > 0)
		n++;
	maps_close(&maps);
	if (more == 0 && n + AREAS_FREE >= max) {
		errno = ENOMEM;
		return -1;
	}
	return more;
}

int replace_prepare(struct job *job, struct sharer *sharer)
{
	uint64_t size = job->salvage.size;
	struct inject *in = &sharer->in;
	int allowed = protection(&sharer->target.area.vma);

	/* A process that has the page for itself may as well fail later. */
	if (job->sharers > 1 && check_areas(job, sharer) != 0)
		return job_fail_in(job, sharer, "find room for one more mapping");
	if (policy_set(job, sharer) != 0)
		return job_fail_in(job, sharer, "keep its memory policy");
	if (allowed != (PROT_READ | PROT_WRITE) &&
		inject_call(in, SYS_mprotect, sharer->scratch, size, (uint64_t)allowed) < 0)
		return job_fail_in(job, sharer, "protect memory");
	/*
	 * khugepaged would make one page of a range with holes in it, and take with the page table
	 * the marks of what is lost (retract_page_tables() in mm/khugepaged.c).
	 */
	if (inject_call(in, SYS_madvise, sharer->scratch, size, MADV_NOHUGEPAGE) < 0 &&
		errno != EINVAL)
		return job_fail_in(job, sharer, "advise on memory");
	return 0;
}

int replace_commit(struct job *job, struct sharer *sharer)
{
	uint64_t size = job->salvage.size;

	if (!replace_is_committed(job, sharer) &&
		inject_call(&sharer->in, SYS_mremap, sharer->scratch, size, size,
			MREMAP_MAYMOVE | MREMAP_FIXED, sharer->target.va) < 0)
		return job_fail_in(job, sharer, "put memory in its place");
	sharer->committed = true;
	return 0;
}

void replace_undo(struct job *job, struct sharer *sharer)
{
	if (sharer->scratch && !sharer->committed)
		inject_call(&sharer->in, SYS_munmap, sharer->scratch, job->salvage.size);
	sharer->scratch = 0;
}
