/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace - the kernel's trace points for hardware errors, as text, from an instance of our own. */
#include "feed.h"
#include "instance.h"
#include "outlet.h"
#include "trace_line.h"
#include "wallclock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STRING_(x) #x
#define STRING(x)  STRING_(x)

struct trace {
	struct instance instance;
	bool has_instance;
	struct feed feed;
};

/* Those that exist on this kernel are enabled. */
static const struct {
	const char *name;   /* below events/: one, or a group of them */
	const char *filter; /* or NULL */
} events[] = {
	{"mce/mce_record", NULL},
	{"ras/mc_event", NULL},
	{"ras/aer_event", NULL},
	{"ras/arm_event", NULL},
	{"ras/non_standard_event", NULL},
	{"ras/extlog_mem_event", NULL},
	{"ras/memory_failure_event", NULL},
	{"memory_failure/memory_failure_event", NULL}, /* its place on later kernels */
	{"cxl", NULL},
	{"signal/signal_generate", "sig==" STRING(SIGBUS)},
};

/*
 * A new instance takes most options over from the trace that the administrator plays with.
 * What a kernel does not know it does not do either.
 */
static const struct {
	const char *file, *text;
	bool is_needed;
} settings[] = {
	{"trace_clock", "mono", true},
	{"buffer_size_kb", "512", false}, /* for each CPU: thousands of events */
	{"buffer_percent", "0", false},   /* wake up for each event */
	{"trace_options", "context-info", false},
	{"trace_options", "irq-info", false},
	{"trace_options", "overwrite", false},
	{"trace_options", "nobin", false},
	{"trace_options", "noblock", false},
	{"trace_options", "nofields", false},
	{"trace_options", "nohex", false},
	{"trace_options", "nolatency-format", false},
	{"trace_options", "noprintk-msg-only", false},
	{"trace_options", "noraw", false},
	{"trace_options", "nostacktrace", false},
	{"trace_options", "nouserstacktrace", false},
	{"trace_options", "noverbose", false},
	{"tracing_on", "1", true},
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static int instance_file(
	const struct instance *instance, int flags, const char *dir, const char *file)
{
	return root_openat(&source_wishes.root, flags, "%s/instances/%s/%s%s", instance->tracing,
		instance->name, dir, file);
}

static int write_file(
	const struct instance *instance, const char *dir, const char *file, const char *text)
{
	int fd = instance_file(instance, O_WRONLY | O_TRUNC, dir, file);

	if (fd < 0)
		return -1;

	ssize_t n = write(fd, text, strlen(text));
	int error = errno;

	close(fd);
	errno = error;
	return n < 0 ? -1 : 0;
}

static int set_up(struct source *source, const struct instance *instance)
{
	for (size_t i = 0; i < COUNT(settings); i++)
		if (write_file(instance, "", settings[i].file, settings[i].text) != 0 &&
			settings[i].is_needed)
			return source_fail(source, "open", errno, "set %s of trace instance %s",
				settings[i].file, instance->name);
	return 0;
}

/* The filter first: not one event more than asked for. */
static int enable_event(const struct instance *instance, size_t i)
{
	char dir[64];

	snprintf(dir, sizeof(dir), "events/%s/", events[i].name);
	if (events[i].filter && write_file(instance, dir, "filter", events[i].filter) != 0)
		return -1;
	return write_file(instance, dir, "enable", "1");
}

static int enable(struct source *source, const struct instance *instance)
{
	size_t enabled = 0;

	for (size_t i = 0; i < COUNT(events); i++) {
		if (enable_event(instance, i) == 0)
			enabled++;
		else if (errno != ENOENT)
			return source_fail(
				source, "open", errno, "enable trace event %s", events[i].name);
	}
	return enabled ? 0 : source_fail(source, "open", ENOENT, "enable trace events");
}

static int trace_open(struct source *source)
{
	struct trace *trace = source->state;

	if (!trace)
		trace = source->state = calloc(1, sizeof(*trace));
	if (!trace)
		return source_fail(source, "open", errno, "allocate memory");
	feed_open(&trace->feed, false);
	trace->has_instance = true;
	if (instance_open(&trace->instance, &source_wishes.root) != 0)
		return source_fail(source, "open", errno, "make trace instance in /%s/instances",
			trace->instance.tracing);
	if (set_up(source, &trace->instance) != 0 || enable(source, &trace->instance) != 0)
		return -1;
	source->fd = instance_file(&trace->instance, O_RDONLY | O_NONBLOCK, "", "trace_pipe");
	if (source->fd < 0)
		return source_fail(source, "open", errno, "open trace_pipe of trace instance %s",
			trace->instance.name);
	return 0;
}

static void report(const struct feed_line *line)
{
	struct raw raw = {.src = "trace", .text = line->text, .len = line->len, .cut = line->cut};
	uint64_t ns;

	raw.lost = trace_line_lost(line->text, line->len);
	raw.t = trace_line_stamp(line->text, line->len, &ns) ? wallclock_of(CLOCK_MONOTONIC, ns)
							     : wallclock_now();
	outlet_raw(&raw);
}

static int trace_ready(struct source *source)
{
	struct trace *trace = source->state;
	enum feed_event event = feed_read(&trace->feed, source->fd);
	struct feed_line line;

	while (feed_next(&trace->feed, &line))
		report(&line);
	if (event == FEED_ERROR)
		return source_fail(source, "gone", errno, "read trace_pipe");
	if (event != FEED_END)
		return 0;
	if (feed_rest(&trace->feed, &line))
		report(&line);
	return source_fail(source, "gone", 0, "read trace_pipe: it has ended");
}

static void trace_close(struct source *source)
{
	struct trace *trace = source->state;

	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
	if (trace && trace->has_instance)
		instance_close(&trace->instance);
	if (trace)
		trace->has_instance = false;
}

const struct source_kind source_trace = {
	.name = "trace",
	.open = trace_open,
	.ready = trace_ready,
	.close = trace_close,
};
