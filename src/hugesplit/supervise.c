/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "supervise.h"
#include "clock.h"
#include "fault.h"
#include "page.h"
#include "refill.h"
#include "replace.h"
#include "say.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- The worker --- */

typedef int stop_function(struct inject *in, const struct root *root, pid_t pid);

static int hold(struct job *job, struct sharer *sharer, stop_function *stop)
{
	if (stop(&sharer->in, job->root, sharer->target.pid) != 0)
		return job_fail_in(job, sharer, "stop it");
	sharer->stopped_ns -= (int64_t)sharer->in.since;
	sharer->held = true;
	return 0;
}

static void let_go(struct sharer *sharer)
{
	inject_release(&sharer->in);
	if (sharer->held)
		sharer->stopped_ns += (int64_t)clock_now();
	sharer->held = false;
}

/* Each is stopped for as long as it takes to build a mapping, and goes on. */
static int build_all(struct job *job)
{
	for (unsigned int i = 0; i < job->sharers; i++) {
		struct sharer *sharer = &job->sharer[i];

		if (hold(job, sharer, inject_stop) != 0 || replace_build(job, sharer) != 0)
			return -1;
		let_go(sharer);
	}
	return 0;
}

static int fill_all(struct job *job)
{
	if (replace_fill(job) != 0 || (job->keep_huge && replace_check_huge(job) != 0))
		return -1;
	inject_step();
	return replace_mark(job);
}

/* Somebody may have given the page up meanwhile, and written to what came in its place. */
static int check_still_lost(struct job *job)
{
	char page[PAGE_BYTES];
	const unsigned char *lost =
		memchr(job->salvage.state, SALVAGE_LOST, job->salvage.size / PAGE_BYTES);
	uint64_t at = (uint64_t)(lost - job->salvage.state) * PAGE_BYTES;

	if (pread(job->file, page, sizeof(page), (off_t)(job->sharer[0].target.offset + at)) < 0 &&
		errno == EIO)
		return 0;
	errno = ESTALE;
	return job_fail(job, "find the error again");
}

/*
 * None must run on where others have the new page already and it has not, or while the new one is
 * being filled; one that is alone has the old page or the new one at each moment.
 */
static stop_function *stop_for_change(const struct job *job)
{
	return job->sharers > 1 || job->mark == JOB_MARK_REFILL ? inject_stop_firmly : inject_stop;
}

static int hold_all(struct job *job)
{
	for (unsigned int i = 0; i < job->sharers; i++) {
		struct sharer *sharer = &job->sharer[i];

		if (hold(job, sharer, stop_for_change(job)) != 0)
			return -1;
		if (!target_is_there(job->root, &sharer->target)) {
			errno = ESTALE;
			return job_fail_in(job, sharer, "find the mapping again");
		}
	}
	return check_still_lost(job);
}

static void let_all_go(struct job *job)
{
	for (unsigned int i = 0; i < job->sharers; i++)
		let_go(&job->sharer[i]);
}

static int commit_all(struct job *job)
{
	for (unsigned int i = 0; i < job->sharers; i++)
		if (replace_prepare(job, &job->sharer[i]) != 0)
			return -1;
	job->committing = true;
	for (unsigned int i = 0; i < job->sharers; i++)
		if (replace_commit(job, &job->sharer[i]) != 0)
			return -1;
	return 0;
}

static int replace_page(struct job *job)
{
	return build_all(job) == 0 && fill_all(job) == 0 && hold_all(job) == 0 ? commit_all(job)
									       : -1;
}

static int refill_page(struct job *job)
{
	return hold_all(job) == 0 ? refill(job) : -1;
}

static _Noreturn void work(struct job *job)
{
	setsid(); /* who kills all of a process group does not get both */
	inject_on_step(fault_step);
	if ((job->mark == JOB_MARK_REFILL ? refill_page(job) : replace_page(job)) != 0)
		_exit(STATUS_FAILED);
	let_all_go(job);
	_exit(STATUS_DONE);
}

/* --- The supervisor --- */

static void adopt(struct sharer *sharer)
{
	if (inject_adopt(&sharer->in) != 0)
		say_errno("repair process %d: what was made in it stays", sharer->target.pid);
}

/* Have a process in hand, if there is something to do to it. */
static void hold_again(struct job *job, struct sharer *sharer)
{
	struct inject *in = &sharer->in;

	if (in->threads && in->caller)
		return;
	inject_release(in);
	if (stop_for_change(job)(in, job->root, sharer->target.pid) != 0)
		say_errno("repair process %d: hold it", sharer->target.pid);
}

static bool any_is_committed(struct job *job)
{
	bool any = false;

	for (unsigned int i = 0; i < job->sharers; i++) {
		struct sharer *sharer = &job->sharer[i];

		if (job->committing && replace_is_committed(job, sharer))
			sharer->committed = true;
		any |= sharer->committed;
	}
	return any;
}

static int finish_replacing(struct job *job)
{
	bool forward = any_is_committed(job);
	int result = forward ? 0 : -1;

	for (unsigned int i = 0; i < job->sharers; i++) {
		struct sharer *sharer = &job->sharer[i];

		if (sharer->scratch && !sharer->committed)
			hold_again(job, sharer);
		if (forward && replace_commit(job, sharer) != 0)
			result = -1;
		/* Where it cannot be put in place, either. */
		if (!sharer->committed)
			replace_undo(job, sharer);
	}
	job->committing = forward;
	return result;
}

/* Before the page is complete again none has been let go of. */
static int finish_refilling(struct job *job)
{
	if (!job->committing || job->refilled)
		return job->refilled ? 0 : -1;
	for (unsigned int i = 0; i < job->sharers; i++)
		hold_again(job, &job->sharer[i]);
	return refill(job);
}

static int repair(struct job *job)
{
	int result;

	for (unsigned int i = 0; i < job->sharers; i++)
		adopt(&job->sharer[i]);
	result = job->mark == JOB_MARK_REFILL ? finish_refilling(job) : finish_replacing(job);
	let_all_go(job);
	return result;
}

int supervise(struct job *job)
{
	int status;
	pid_t worker;

	if (job->mark != JOB_MARK_REFILL && replace_create(job) != 0)
		return -1;
	/* What is saved makes us the largest process of all to the kernel that looks for memory. */
	root_write(job->root, "-1000", "proc/self/oom_score_adj");
	fflush(stdout);
	worker = fork();
	if (worker < 0)
		return job_fail(job, "start a worker");
	if (worker == 0)
		work(job);
	while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return 0;
	if (WIFSIGNALED(status)) {
		errno = ECANCELED;
		job_fail(job, "finish: its worker was killed");
	}
	if (repair(job) != 0)
		return -1;
	say("replace page of process %d: %s; done all the same",
		job->failed_pid ? job->failed_pid : job->sharer[0].target.pid, job->failed);
	return 0;
}
