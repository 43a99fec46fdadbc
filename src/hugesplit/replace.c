/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replace: the memory itself, and putting it in place. */
#include "replace.h"
#include "policy.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int replace_create(struct job *job)
{
	struct stat st;

	job->memory = memfd_create(TARGET_REPLACEMENT, MFD_CLOEXEC);
	if (job->memory < 0 || ftruncate(job->memory, (off_t)job->salvage.size) != 0 ||
		fstat(job->memory, &st) != 0)
		return job_fail(job, "create memory");
	job->device = st.st_dev;
	job->inode = st.st_ino;
	return 0;
}

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
		return job_fail(job, "keep its memory policy");
	if (allowed != (PROT_READ | PROT_WRITE) &&
		inject_call(in, SYS_mprotect, sharer->scratch, size, (uint64_t)allowed) < 0)
		return job_fail(job, "protect memory");
	if (inject_call(in, SYS_mremap, sharer->scratch, size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
		    sharer->target.va) < 0)
		return job_fail(job, "put memory in its place");
	sharer->committed = true;
	return 0;
}

void replace_undo(struct job *job, struct sharer *sharer)
{
	if (sharer->scratch && !sharer->committed)
		inject_call(&sharer->in, SYS_munmap, sharer->scratch, job->salvage.size);
	sharer->scratch = 0;
}
