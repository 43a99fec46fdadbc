/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child - what a program, or a function, costs as a process of its own. */
#ifndef MEMPATROL_CHILD_H
#define MEMPATROL_CHILD_H

#include "bench.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct cost {
	double cpu; /* seconds, its own and the kernel's for it */
	size_t rss; /* bytes, at most; this process's own are the least it can be */
};

static inline double child_seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static inline void child_be_quiet(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
		bench_fail("open /dev/null");
}

/* child_exec - become the program ARGV, found in PATH. */
static inline void child_exec(const void *argv)
{
	execvp(((const char *const *)argv)[0], (char *const *)argv);
	bench_fail(((const char *const *)argv)[0]);
}

/* child_cost - have a child run RUN(CONTEXT), without its output; it must end well. */
static inline struct cost child_cost(void (*run)(const void *context), const void *context)
{
	struct rusage usage;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		bench_fail("fork");
	if (pid == 0) {
		child_be_quiet();
		run(context);
		_exit(EXIT_SUCCESS);
	}
	if (wait4(pid, &status, 0, &usage) != pid || status != 0) {
		fputs("a child of the bench failed\n", stderr);
		exit(EXIT_FAILURE);
	}
	return (struct cost){child_seconds(&usage.ru_utime) + child_seconds(&usage.ru_stime),
		(size_t)usage.ru_maxrss << 10};
}

#endif
