/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const int orderly[] = {SIGTERM, SIGINT};
static const int other[] = {SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO,
	SIGPWR, SIGXCPU, SIGXFSZ, SIGSTKFLT};

static int fd;
static sigset_t held;
static int seen;

static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int signals_open(void)
{
	sigemptyset(&held);
	for (size_t i = 0; i < COUNT(orderly); i++)
		sigaddset(&held, orderly[i]);
	for (size_t i = 0; i < COUNT(other); i++)
		if (!is_ignored(other[i])) /* by nohup(1), for instance */
			sigaddset(&held, other[i]);
	sigprocmask(SIG_BLOCK, &held, NULL);
	fd = signalfd(-1, &held, SFD_NONBLOCK | SFD_CLOEXEC);
	return fd;
}

void signals_take(void)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) == sizeof(info))
		seen = (int)info.ssi_signo;
}

int signals_seen(void)
{
	return seen;
}

void signals_die(void)
{
	if (!seen)
		return;
	for (size_t i = 0; i < COUNT(orderly); i++)
		if (orderly[i] == seen)
			return;
	signal(seen, SIG_DFL);
	raise(seen);
	sigprocmask(SIG_UNBLOCK, &held, NULL);
}
