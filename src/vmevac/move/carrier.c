/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "carrier.h"
#include "clock.h"
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is on its way can be much when the network is slow. */
enum { BUFFER = 1 << 20, PATIENCE_S = 10 };

static _Noreturn void run(const char *command, const struct carrier_variable *variables, int fd)
{
	for (; variables->name; variables++)
		setenv(variables->name, variables->value, 1);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	signal(SIGPIPE, SIG_DFL);
	warden_take_signals();
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

void carrier_hang_up(struct carrier *carrier)
{
	if (carrier->fd >= 0)
		close(carrier->fd);
	carrier->fd = -1;
}

int carrier_open(
	struct carrier *carrier, const char *command, const struct carrier_variable *variables)
{
	const int size = BUFFER;
	int fds[2];

	*carrier = (struct carrier){.pid = -1, .fd = -1};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return -1;
	for (int i = 0; i < 2; i++) /* less than that is no failure */
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0)
		carrier->pid = fork();
	if (carrier->pid == 0)
		run(command, variables, fds[1]);
	close(fds[1]);
	carrier->fd = fds[0];
	if (carrier->pid > 0)
		return 0;

	int error = errno;

	carrier_hang_up(carrier);
	errno = error;
	return -1;
}

static int wait_for_end(pid_t pid, int *status)
{
	uint64_t deadline = clock_now() + PATIENCE_S * CLOCK_SECOND;

	while (waitpid(pid, status, WNOHANG) == 0) {
		if (clock_now() > deadline)
			return -1;
		usleep(2000);
	}
	return 0;
}

/* One that stands still hears of nothing else. */
static void end(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	kill(pid, SIGCONT);
	if (wait_for_end(pid, &status) == 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

void carrier_close(struct carrier *carrier, char *why, size_t size)
{
	int status = 0;

	why[0] = '\0';
	carrier_hang_up(carrier);
	if (carrier->pid <= 0)
		return;
	if (wait_for_end(carrier->pid, &status) != 0) {
		end(carrier->pid);
	} else if (WIFEXITED(status) && WEXITSTATUS(status)) {
		snprintf(why, size, "its command ended with status %d", WEXITSTATUS(status));
	} else if (WIFSIGNALED(status)) {
		snprintf(why, size, "its command was killed by signal %d", WTERMSIG(status));
	}
	carrier->pid = 0;
}
