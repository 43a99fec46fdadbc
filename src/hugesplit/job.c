/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

struct job *job_open(const struct root *root)
{
	struct job *job = mmap(NULL, sizeof(struct job), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (job == MAP_FAILED)
		return NULL;
	job->root = root;
	job->file = job->memory = -1;
	return job;
}

void job_close(struct job *job)
{
	salvage_close(&job->salvage);
	if (job->file >= 0)
		close(job->file);
	if (job->memory >= 0)
		close(job->memory);
	munmap(job, sizeof(*job));
}

int job_fail(struct job *job, const char *what)
{
	job->failed = what;
	job->failed_pid = 0;
	job->error = errno;
	return -1;
}

int job_fail_in(struct job *job, const struct sharer *sharer, const char *what)
{
	job_fail(job, what);
	job->failed_pid = sharer->target.pid;
	return -1;
}
