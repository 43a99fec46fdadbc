/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: tracing every thread. */
#include "inject_arch.h"
#include "inject_thread.h"

#include <errno.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* Some signal is about to be delivered, so that the call was interrupted by it. */
static bool has_signal(const struct inject *in, pid_t thread)
{
	uint64_t own, shared, blocked;

	if (process_status_u64(in->root, in->pid, thread, "SigPnd", 16, &own) != 0 ||
		process_status_u64(in->root, in->pid, thread, "ShdPnd", 16, &shared) != 0 ||
		process_status_u64(in->root, in->pid, thread, "SigBlk", 16, &blocked) != 0)
		return true; /* then the call fails as it does on any stop */
	return ((own | shared) & ~blocked) != 0;
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

/* Seize one thread; threads that end meanwhile are passed over. */
static int seize(struct inject *in, pid_t thread)
{
	uintptr_t options = PTRACE_O_TRACESYSGOOD;
	uint64_t filters;
	int status;

	if (in->threads == INJECT_THREADS_MAX) {
		errno = E2BIG;
		return -1;
	}
	if (process_status_u64(in->root, in->pid, thread, "Seccomp", 10, &filters) == 0 && filters)
		options |= PTRACE_O_SUSPEND_SECCOMP;
	if (ptrace(PTRACE_SEIZE, thread, NULL, options) != 0)
		return errno == ESRCH ? 0 : -1;
	if (waitpid(thread, &status, __WALL) != thread)
		return -1;
	if (!WIFSTOPPED(status))
		return 0;
	in->thread[in->threads++] = thread;
	return mend_interrupted_call(in, thread);
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

		if (state >= 0 && !inject_is_gone(state) && !is_known(in, (pid_t)tid))
			result = seize(in, (pid_t)tid);
	}
	process_list_close(&tasks);
	return result != 0 || more < 0 ? -1 : (int)(in->threads - before);
}

int inject_seize_all(struct inject *in)
{
	int n;

	in->threads = 0;
	while ((n = seize_more(in)) > 0)
		;
	if (n == 0 && in->threads == 0) {
		errno = ESRCH;
		return -1;
	}
	return n;
}
