/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "warden.h"
#include "fault.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum request { DISMISSED, ASKED };

static int socket_fd = -1;
static pid_t warden;
static bool is_warden; /* this process is one */

void *warden_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* False when the other one has ended. */
static bool hear(int fd, char *byte)
{
	ssize_t n;

	while ((n = read(fd, byte, 1)) < 0 && errno == EINTR)
		;
	return n == 1;
}

static bool tell(int fd, char byte)
{
	return send(fd, &byte, 1, MSG_NOSIGNAL) == 1;
}

/* Who stops a service or ends a session means us all at once: somebody has to put things right. */
static struct {
	int number;
	void (*before)(int);
} ending[] = {{.number = SIGHUP}, {.number = SIGINT}, {.number = SIGQUIT}, {.number = SIGTERM}};

enum { ENDINGS = sizeof(ending) / sizeof(*ending) };

static void hold_off_signals(void)
{
	for (size_t i = 0; i < ENDINGS; i++)
		ending[i].before = signal(ending[i].number, SIG_IGN);
	is_warden = true;
}

void warden_take_signals(void)
{
	for (size_t i = 0; is_warden && i < ENDINGS; i++)
		signal(ending[i].number, ending[i].before);
}

static _Noreturn void watch(int fd, void (*begin)(void), int (*answer)(void), void (*settle)(void))
{
	bool is_there;
	char byte;

	setsid();
	hold_off_signals();
	fault_disarm();
	begin();
	while ((is_there = hear(fd, &byte)) && byte == ASKED)
		tell(fd, (char)-answer());
	if (!is_there)
		settle();
	fflush(stdout);
	_exit(0);
}

int warden_ask(void)
{
	char byte;

	return tell(socket_fd, ASKED) && hear(socket_fd, &byte) ? -byte : -1;
}

int warden_start(void (*begin)(void), int (*answer)(void), void (*settle)(void))
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return -1;
	fflush(stdout);
	warden = fork();
	if (warden < 0)
		return -1;
	if (warden == 0) {
		close(fds[1]);
		watch(fds[0], begin, answer, settle);
	}
	close(fds[0]);
	socket_fd = fds[1];
	return 0;
}

void warden_repair(struct inject *in)
{
	if (in->pid && inject_adopt(in) == 0)
		inject_release(in);
}

void warden_dismiss(void)
{
	if (tell(socket_fd, DISMISSED))
		while (waitpid(warden, NULL, 0) < 0 && errno == EINTR)
			;
	close(socket_fd);
}
