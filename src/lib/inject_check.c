/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: whether a process can be stopped, without touching it. */
#include "inject.h"
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int inject_is_traced(const struct root *root, pid_t pid)
{
	struct process_list tasks;
	unsigned int tid;
	uint64_t tracer;
	char path[64];
	int more, traced = 0;

	snprintf(path, sizeof(path), "proc/%d/task", pid);
	if (process_list_open(&tasks, root, path) != 0)
		return -1;
	while ((more = process_list_next(&tasks, &tid)) > 0)
		if (process_status_u64(root, pid, (pid_t)tid, "TracerPid", 10, &tracer) == 0 &&
			tracer)
			traced = 1;
	process_list_close(&tasks);
	return more < 0 ? -1 : traced;
}

int inject_can_suspend_seccomp(void)
{
	int status, error = 0;
	pid_t child = fork();

	if (child < 0)
		return -1;
	if (child == 0)
		for (;;)
			pause();
	if (ptrace(PTRACE_SEIZE, child, NULL, PTRACE_O_SUSPEND_SECCOMP) != 0)
		error = errno;
	kill(child, SIGKILL);
	waitpid(child, &status, __WALL);
	errno = error;
	return error ? -1 : 0;
}
