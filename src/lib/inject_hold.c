/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: the group stop, which outlives who holds the process. */
#include "clock.h"
#include "inject_thread.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

enum { LOOK_AGAIN_NS = 20000 };

int inject_open_tasks(struct process_list *tasks, const struct root *root, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%d/task", pid);
	return process_list_open(tasks, root, path);
}

/* Every thread of the process is in a group stop, or has ended: 1, 0, or -1. */
static int is_stopped(const struct inject *in)
{
	struct process_list tasks;
	unsigned int tid;
	int more, stopped = 1, error = 0;

	if (inject_open_tasks(&tasks, in->root, in->pid) != 0)
		return -1;
	while ((more = process_list_next(&tasks, &tid)) > 0) {
		int state = process_thread_state(in->root, in->pid, tid);

		if (state < 0 && errno != ENOENT && errno != ESRCH)
			error = errno; /* it may run */
		else if (state >= 0 && state != 'T' && !inject_is_gone(state))
			stopped = 0;
	}
	process_list_close(&tasks);
	if (more < 0 || !error)
		return more < 0 ? -1 : stopped;
	errno = error;
	return -1;
}

static int wait_until_stopped(const struct inject *in)
{
	const struct timespec pause = {.tv_nsec = LOOK_AGAIN_NS};
	uint64_t limit = clock_now() + in->patience_ns;
	int stopped;

	while ((stopped = is_stopped(in)) == 0) {
		if (clock_now() > limit) {
			errno = EBUSY;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return stopped < 0 ? -1 : 0;
}

/* Who has died may have sent the signal, or not: if it comes twice, one waits to be delivered. */
int inject_hold(struct inject *in)
{
	int stopped = is_stopped(in);

	in->since = clock_now();
	if (stopped != 0)
		return stopped < 0 ? -1 : 0;
	in->sent_again = in->held;
	in->held = true;
	inject_step();
	if (kill(in->pid, SIGSTOP) != 0)
		return -1;
	inject_step();
	return wait_until_stopped(in);
}
