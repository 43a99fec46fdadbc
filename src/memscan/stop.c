/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stop.h"
#include "clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>

static sigset_t while_waiting;
static volatile sig_atomic_t stopped_by, progress_wanted;

static void on_stop(int number)
{
	stopped_by = number;
}

static void on_progress(int number)
{
	(void)number;
	progress_wanted = 1;
}

static const struct {
	int number;
	void (*handler)(int number);
} taken[] = {{SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGUSR1, on_progress}};

int stop_open(void)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		struct sigaction action = {.sa_handler = taken[i].handler};

		if (sigaction(taken[i].number, &action, NULL) != 0)
			return -1;
		sigaddset(&held, taken[i].number);
	}
	if (sigprocmask(SIG_BLOCK, &held, &while_waiting) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		sigdelset(&while_waiting, taken[i].number);
	return 0;
}

/*
 * ppoll(2) lets the signals in and sleeps in one step: one that comes between
 * a look at stopped_by and a sleep would be slept through.
 */
int stop_wait(uint64_t until)
{
	do {
		uint64_t now = clock_now();
		uint64_t left = until > now ? until - now : 0;
		struct timespec time = {(time_t)(left / 1000000000), (long)(left % 1000000000)};

		if (stopped_by)
			break;
		if (ppoll(NULL, 0, &time, &while_waiting) < 0 && errno == EINTR && progress_wanted)
			break; /* to be answered now, not when the sleep is over */
	} while (!stopped_by && clock_now() < until);
	return stopped_by;
}

bool stop_asked_for_progress(void)
{
	bool asked = progress_wanted;

	progress_wanted = 0;
	return asked;
}
