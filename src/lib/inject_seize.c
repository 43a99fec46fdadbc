/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: tracing every thread. */
#include "clock.h"
#include "inject_arch.h"
#include "inject_thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

/* SIGSTOP, which has no handler, may be our own. */
#define NO_SIGNAL (UINT64_C(1) << (SIGSTOP - 1))

/* Some signal is about to be delivered, so that the call was interrupted by it. */
static bool has_signal(const struct inject *in, pid_t thread)
{
	uint64_t own, shared, blocked;

	if (process_status_u64(in->root, in->pid, thread, "SigPnd", 16, &own) != 0 ||
		process_status_u64(in->root, in->pid, thread, "ShdPnd", 16, &shared) != 0 ||
		process_status_u64(in->root, in->pid, thread, "SigBlk", 16, &blocked) != 0)
		return true; /* then the call fails as it does on any stop */
	return ((own | shared) & ~blocked & ~NO_SIGNAL) != 0;
}

static int mend_interrupted_call(const struct inject *in, pid_t thread)
{
	struct user_regs_struct registers;

	if (inject_get_registers(thread, &registers) != 0)
		return -1;
	if (!inject_arch_restart(&registers) || has_signal(in, thread))
		return 0;
	return inject_set_registers(thread, &registers);
}

static bool is_known(const struct inject *in, pid_t thread)
{
	for (unsigned int i = 0; i < in->threads; i++)
		if (in->thread[i] == thread)
			return true;
	return false;
}

/* It runs on until it is interrupted. */
static int seize(struct inject *in, pid_t thread)
{
	uintptr_t options = PTRACE_O_TRACESYSGOOD;
	uint64_t filters = 0;

	if (in->threads == INJECT_THREADS_MAX) {
		errno = E2BIG;
		return -1;
	}
	/* A filter that was not seen would end the process at the first call that is made in it. */
	if (process_status_u64(in->root, in->pid, thread, "Seccomp", 10, &filters) != 0 &&
		errno != ENOENT && errno != ESRCH)
		return -1;
	if (filters)
		options |= PTRACE_O_SUSPEND_SECCOMP;
	if (ptrace(PTRACE_SEIZE, thread, NULL, options) != 0)
		return errno == ESRCH ? 0 : -1;
	in->thread[in->threads++] = thread;
	return 0;
}

/* Seize what is not seized yet; how many threads were, or -1. */
static int seize_more(struct inject *in)
{
	struct process_list tasks;
	unsigned int before = in->threads, tid;
	int more, result = 0;

	if (inject_open_tasks(&tasks, in->root, in->pid) != 0)
		return -1;
	while (result == 0 && (more = process_list_next(&tasks, &tid)) > 0) {
		int state = process_thread_state(in->root, in->pid, tid);

		if (state < 0 && errno != ENOENT && errno != ESRCH)
			result = -1; /* it may run */
		else if (state >= 0 && !inject_is_gone(state) && !is_known(in, (pid_t)tid))
			result = seize(in, (pid_t)tid);
	}
	process_list_close(&tasks);
	return result != 0 || more < 0 ? -1 : (int)(in->threads - before);
}

/* Threads stop within microseconds mostly; a disk that does not answer may take one minutes. */
void inject_look_again(unsigned int looks)
{
	const struct timespec pause = {.tv_nsec = looks < 1000 ? 20000 : 1000000};

	/* Those that run only when nobody else would (SCHED_IDLE) have to be let. */
	if (looks < 100)
		sched_yield();
	else
		nanosleep(&pause, NULL);
}

enum look { ENDED, STILL, NOT_YET, FAILED };

/* A signal that was on its way is delivered first. */
static enum look look_at(pid_t thread)
{
	int status;
	pid_t got = waitpid(thread, &status, __WALL | WNOHANG);

	if (got < 0 && errno != EINTR)
		return errno == ECHILD ? ENDED : FAILED;
	if (got <= 0)
		return NOT_YET;
	if (!WIFSTOPPED(status))
		return ENDED;
	if (status >> 16 == PTRACE_EVENT_STOP)
		return STILL;
	ptrace(PTRACE_CONT, thread, NULL, (uintptr_t)WSTOPSIG(status));
	return NOT_YET;
}

static enum look wait_until_still(pid_t thread, uint64_t limit)
{
	enum look look;

	for (unsigned int looks = 0; (look = look_at(thread)) == NOT_YET; looks++) {
		if (clock_now() > limit) {
			errno = EBUSY;
			return FAILED;
		}
		inject_look_again(looks);
	}
	return look;
}

/* Those that do not stand still yet; threads that end meanwhile are left out. */
static int interrupt(struct inject *in)
{
	uint64_t limit = clock_now() + in->patience_ns;

	for (unsigned int i = in->still; i < in->threads; i++)
		ptrace(PTRACE_INTERRUPT, in->thread[i], NULL, NULL);
	while (in->still < in->threads) {
		pid_t thread = in->thread[in->still];
		enum look look = wait_until_still(thread, limit);

		if (look == FAILED)
			return -1;
		if (look == ENDED)
			in->thread[in->still] = in->thread[--in->threads];
		else if (in->still++, mend_interrupted_call(in, thread) != 0)
			return -1;
	}
	return 0;
}

/* All are looked for before the first is interrupted, so that they stand still for less long. */
int inject_seize_all(struct inject *in)
{
	int n;

	in->threads = in->still = 0;
	while ((n = seize_more(in)) > 0)
		;
	if (!in->firm)
		in->since = clock_now();
	while (n == 0 && in->still < in->threads) {
		if (interrupt(in) != 0)
			return -1;
		while ((n = seize_more(in)) > 0)
			;
	}
	if (n == 0 && in->threads == 0) {
		errno = ESRCH;
		return -1;
	}
	return n;
}

/*
 * False: it has been killed, and is to be waited for.  It is asked twice: from one that stands
 * still all the same nothing more would come, and we would wait for ever.
 */
static bool detach(pid_t thread)
{
	for (int i = 0; i < 2; i++)
		if (ptrace(PTRACE_DETACH, thread, NULL, NULL) == 0 || errno != ESRCH)
			return true;
	return false;
}

/* Of the first LATE threads those that stand still by now go on; how many are left. */
static unsigned int detach_late(struct inject *in, unsigned int late)
{
	unsigned int left = 0;

	for (unsigned int i = 0; i < late; i++) {
		enum look look = look_at(in->thread[i]);

		if (look == NOT_YET)
			in->thread[left++] = in->thread[i];
		if (look != STILL)
			continue;
		mend_interrupted_call(in, in->thread[i]);
		ptrace(PTRACE_DETACH, in->thread[i], NULL, NULL);
	}
	return left;
}

/*
 * Only what stands still can be let go of, and none waits for another that does not yet.  The first
 * thread is told to have ended only after all others, which are ours to ask for.
 */
void inject_detach_all(struct inject *in)
{
	unsigned int late = 0;

	for (unsigned int i = 0; i < in->threads; i++)
		if (i >= in->still || !detach(in->thread[i]))
			in->thread[late++] = in->thread[i];
	/* Where seizing failed half-way they have not been interrupted, and would never stop. */
	for (unsigned int i = 0; i < late; i++)
		ptrace(PTRACE_INTERRUPT, in->thread[i], NULL, NULL);
	for (unsigned int looks = 0; (late = detach_late(in, late)) > 0; looks++)
		inject_look_again(looks);
	in->threads = in->still = 0;
}
