/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child - a piece of a program, run in a process of its own because it reads
 * standard input, prints and exits.
 */
#ifndef MEMPATROL_CHILD_H
#define MEMPATROL_CHILD_H

#include "say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
	int status; /* of its exit, or -1 when a signal ended it */
	char out[16384], err[4096];
};

static inline int child_file(const char *name, const char *content)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || write(fd, content, strlen(content)) != (ssize_t)strlen(content)) {
		perror(name);
		exit(EXIT_FAILURE);
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static inline void child_take(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	close(fd);
}

/* Run RUN(CONTEXT) as a program called "prog" that reads INPUT, and exits with what RUN returns. */
static inline void child_run(
	struct child *child, const char *input, enum status (*run)(void *context), void *context)
{
	int fds[] = {child_file("in", input), child_file("out", ""), child_file("err", "")};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < 3; i++)
			dup2(fds[i], i);
		say_open("prog");
		exit((int)run(context));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("run a child");
		exit(EXIT_FAILURE);
	}
	child->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	close(fds[0]);
	child_take(fds[1], child->out, sizeof(child->out));
	child_take(fds[2], child->err, sizeof(child->err));
}

#endif
