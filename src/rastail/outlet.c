/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outlet.h"
#include "rec.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct rec_writer record;
static int signal_fd;
static bool dies_of_sigpipe;
static int failure;      /* errno of the first write that failed */
static bool is_stuck;    /* asked to end while nobody took a record */
static uint64_t skipped; /* events lost, and sources that were away */

void outlet_open(int signals)
{
	signal_fd = signals;
	dies_of_sigpipe = signal(SIGPIPE, SIG_IGN) != SIG_IGN;
}

bool outlet_is_open(void)
{
	return !failure && !is_stuck;
}

void outlet_hang_up(void)
{
	if (!failure)
		failure = EPIPE;
}

enum { HURRY_MS = 2000 };

/*
 * Wait until a record can be written without waiting, or the program is to end: a pipe
 * that poll(2) calls writable has room for PIPE_BUF bytes.
 */
static bool wait_for_reader(void)
{
	struct pollfd fds[] = {
		{.fd = STDOUT_FILENO, .events = POLLOUT},
		{.fd = signal_fd, .events = POLLIN},
	};

	while (poll(fds, 2, signals_seen() ? HURRY_MS : -1) < 0)
		if (errno != EINTR)
			return true; /* no way to tell: try */
	return fds[0].revents;
}

static void send(void)
{
	if (!outlet_is_open())
		return;
	if (!wait_for_reader())
		is_stuck = true;
	else if (rec_send(&record, stdout) != 0 || fflush(stdout) != 0)
		failure = errno;
}

/* The most that "key=VALUE" and its blank can take. */
static size_t longest(const char *value)
{
	return value ? 4 * strlen(value) + 8 : 0;
}

static void put_if(const char *key, const char *value)
{
	if (value)
		rec_put_text(&record, key, value);
}

void outlet_raw(const struct raw *raw)
{
	size_t reserve = sizeof(" cut=1 missed=18446744073709551615") + longest(raw->vm) +
			 longest(raw->was) + longest(raw->dimm);
	size_t len;

	rec_begin(&record, "raw");
	rec_put_time(&record, "t", &raw->t);
	rec_put_text(&record, "src", raw->src);
	len = rec_put_head(&record, "text", raw->text, raw->len, reserve);
	put_if("vm", raw->vm);
	put_if("was", raw->was);
	put_if("dimm", raw->dimm);
	if (raw->lost)
		rec_put_u64(&record, "missed", raw->lost);
	if (raw->cut || len < raw->len)
		rec_put_u64(&record, "cut", 1);
	skipped += raw->lost;
	send();
}

void outlet_skip(const struct source *source)
{
	rec_begin(&record, "skip");
	rec_put_text(&record, "src", say_program());
	rec_put_text(&record, "reason", source->reason);
	rec_put_text(&record, "scope", source_name(source));
	rec_put_now(&record, "t");
	if (source->error)
		rec_put_errno(&record, "errno", source->error);
	skipped++;
	send();
}

void outlet_done(void)
{
	rec_begin(&record, "done");
	rec_put_text(&record, "src", say_program());
	rec_put_u64(&record, "skipped", skipped);
	send();
}

static void die_of_sigpipe(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	raise(SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

enum status outlet_close(void)
{
	if (is_stuck) {
		say("write standard output: asked to end while nobody read it");
		return STATUS_FAILED;
	}
	if (!failure)
		return skipped ? STATUS_SOME : STATUS_DONE;
	if (failure == EPIPE && dies_of_sigpipe)
		die_of_sigpipe();
	errno = failure;
	return say_output_failed();
}
