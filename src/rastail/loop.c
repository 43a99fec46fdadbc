/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loop.h"
#include "outlet.h"
#include "signals.h"
#include "wallclock.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#define MS 1000000ULL
#define S  1000000000ULL

static const uint64_t pause_min = 100 * MS, pause_max = 30 * S;
static const uint64_t drain_max = 2 * S;
static const uint64_t steady = 60 * S; /* up for so long: its end is no part of a series */

static int epoll_fd;

/* --- Sources --- */

/* Files of a captured tree cannot be waited for, and are over at their end. */
static int watch(struct source *source)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};

	if (source->fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, source->fd, &event) == 0)
		return 0;
	source->is_file = errno == EPERM;
	return source->is_file
		       ? 0
		       : source_fail(source, "open", errno, "watch %s", source_name(source));
}

static int source_open(struct source *source)
{
	source->wake_ns = 0;
	if (source->kind->open(source) != 0 || watch(source) != 0) {
		source->kind->close(source);
		return -1;
	}
	source->is_up = true;
	source->up_since_ns = clock_mono_ns();
	return 0;
}

static void source_close(struct source *source)
{
	/* Closing its descriptor takes it out of the epoll set. */
	if (source->is_up)
		source->kind->close(source);
	source->is_up = false;
	source->wake_ns = 0;
}

/* Try again, after a pause that doubles as long as that is in vain. */
static void try_later(struct source *source)
{
	uint64_t pause = source->pause_ns ? 2 * source->pause_ns : pause_min;

	source->pause_ns = pause < pause_max ? pause : pause_max;
	source->wake_ns = clock_mono_ns() + source->pause_ns;
}

static void lose(struct source *source)
{
	bool is_file = source->is_file;

	source_close(source);
	if (is_file && !source->error) {
		source->is_finished = true;
		return;
	}
	say("%s", source->why);
	outlet_skip(source);
	if (clock_mono_ns() - source->up_since_ns >= steady)
		source->pause_ns = 0;
	try_later(source);
}

static void come_back(struct source *source)
{
	if (source_open(source) != 0)
		try_later(source);
	else
		say("open %s: it is back", source_name(source));
}

static void wake(struct source *source)
{
	source->wake_ns = 0;
	if (!source->is_up)
		come_back(source);
	else if (source->kind->wake(source) != 0)
		lose(source);
}

static void hand_over(struct source *source)
{
	if (source->kind->ready(source) != 0)
		lose(source);
}

/* --- The loop --- */

static bool has_ended(const struct source *sources, size_t count)
{
	if (signals_seen() || !outlet_is_open())
		return true;
	for (size_t i = 0; i < count; i++)
		if (!sources[i].is_finished)
			return false;
	return true;
}

/* Milliseconds until something has to be done even if nothing happens; -1 for never. */
static int until_next(const struct source *sources, size_t count)
{
	uint64_t next = UINT64_MAX, now = clock_mono_ns();

	for (size_t i = 0; i < count; i++) {
		if (sources[i].is_up && sources[i].is_file)
			return 0;
		if (sources[i].wake_ns && sources[i].wake_ns < next)
			next = sources[i].wake_ns;
	}
	if (next == UINT64_MAX)
		return -1;
	if (next <= now)
		return 0;
	/* Rounded up, and at most a day: it is worked out anew then. */
	return next - now > 86400 * S ? 86400000 : (int)((next - now + MS - 1) / MS);
}

/* What is not a source, for the epoll set. */
static char signal_mark, output_mark;

static void happen(const struct epoll_event *event)
{
	if (event->data.ptr == &signal_mark)
		signals_take();
	else if (event->data.ptr == &output_mark)
		outlet_hang_up();
	else
		hand_over(event->data.ptr);
}

static void turn(struct source *sources, size_t count)
{
	struct epoll_event events[16];
	int n = epoll_wait(epoll_fd, events, COUNT(events), until_next(sources, count));
	uint64_t now = clock_mono_ns();

	for (int i = 0; i < n && outlet_is_open(); i++)
		happen(&events[i]);
	for (size_t i = 0; i < count && outlet_is_open(); i++) {
		if (sources[i].is_up && sources[i].is_file)
			hand_over(&sources[i]);
		if (sources[i].wake_ns && sources[i].wake_ns <= now)
			wake(&sources[i]);
	}
}

static void give_up(struct source *source)
{
	source_fail(source, "busy", 0, "end %s: events do not cease", source_name(source));
	lose(source);
}

/*
 * Asked to end: hand over what has come until now.  Events that keep coming would keep us
 * here; then the rest is missing, and is said to be.
 */
static void drain(void)
{
	uint64_t deadline = clock_mono_ns() + drain_max;
	struct epoll_event event;

	while (outlet_is_open() && epoll_wait(epoll_fd, &event, 1, 0) > 0) {
		bool is_source = event.data.ptr != &signal_mark && event.data.ptr != &output_mark;

		if (is_source && clock_mono_ns() > deadline)
			give_up(event.data.ptr);
		else
			happen(&event);
	}
}

static void open_epoll(int signals)
{
	struct epoll_event signal_event = {.events = EPOLLIN, .data.ptr = &signal_mark};
	/* Nothing but the end of its reader; a file cannot be watched, and has no reader. */
	struct epoll_event hang_up = {.events = 0, .data.ptr = &output_mark};

	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, signals, &signal_event) != 0)
		die_errno(STATUS_FAILED, "open epoll");
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDOUT_FILENO, &hang_up);
}

/* What is missing on this machine, as opposed to what failed or is forbidden. */
static enum status status_of(const struct source *source)
{
	switch (source->error) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case ENOSYS:
	case EOPNOTSUPP:
		return source->kind->takes_argument ? STATUS_FAILED : STATUS_UNSUPPORTED;
	default:
		return STATUS_FAILED;
	}
}

static enum status open_all(struct source *sources, size_t count, bool keep_going)
{
	enum status status = STATUS_DONE;

	for (size_t i = 0; i < count; i++) {
		if (source_open(&sources[i]) == 0)
			continue;
		say("%s", sources[i].why);
		if (status == STATUS_DONE || status_of(&sources[i]) == STATUS_FAILED)
			status = status_of(&sources[i]);
		if (!keep_going)
			continue;
		outlet_skip(&sources[i]);
		try_later(&sources[i]);
	}
	return keep_going ? STATUS_DONE : status;
}

enum status loop_run(struct source *sources, size_t count, bool keep_going, int signals)
{
	enum status status;

	open_epoll(signals);
	status = open_all(sources, count, keep_going);
	if (status == STATUS_DONE)
		while (!has_ended(sources, count))
			turn(sources, count);
	if (signals_seen())
		drain();
	for (size_t i = 0; i < count; i++)
		source_close(&sources[i]);
	return status;
}
