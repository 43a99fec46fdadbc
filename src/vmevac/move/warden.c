/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "warden.h"
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int pipe_fd = -1;
static pid_t warden;

void *warden_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* A byte dismisses it; the end of the pipe does not. */
static _Noreturn void watch(int fd, void (*begin)(void), void (*settle)(void))
{
	char byte;
	ssize_t n;

	setsid();
	fault_disarm();
	begin();
	while ((n = read(fd, &byte, 1)) < 0 && errno == EINTR)
		;
	if (n == 0)
		settle();
	fflush(stdout);
	_exit(0);
}

int warden_start(void (*begin)(void), void (*settle)(void))
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return -1;
	fflush(stdout);
	warden = fork();
	if (warden < 0)
		return -1;
	if (warden == 0) {
		close(fds[1]);
		watch(fds[0], begin, settle);
	}
	close(fds[0]);
	pipe_fd = fds[1];
	return 0;
}

void warden_repair(struct inject *in)
{
	if (in->pid && inject_adopt(in) == 0)
		inject_release(in);
}

void warden_dismiss(void)
{
	char byte = 0;

	if (write(pipe_fd, &byte, 1) == 1)
		while (waitpid(warden, NULL, 0) < 0 && errno == EINTR)
			;
	close(pipe_fd);
}
