/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmsg - the kernel's log, a message a record, with those counted that its ring no
 * longer had when we came to read them.
 */
#include "feed.h"
#include "kmsg_line.h"
#include "outlet.h"
#include "wallclock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct kmsg {
	uint64_t next; /* the sequence number that comes next */
	bool is_known; /* next is */
	struct feed feed;
};

static int kmsg_open(struct source *source)
{
	struct kmsg *kmsg = source->state;

	if (!kmsg) {
		kmsg = source->state = calloc(1, sizeof(*kmsg));
		if (!kmsg)
			return source_fail(source, "open", errno, "allocate memory");
		/* Numbers start at 0 with the boot. */
		kmsg->is_known = source_wishes.since_boot;
	}
	feed_open(&kmsg->feed, true);
	source->fd = root_openat(&source_wishes.root, O_RDONLY | O_NONBLOCK, "dev/kmsg");
	if (source->fd < 0)
		return source_fail(source, "open", errno, "open /dev/kmsg");
	/* Opened again: start over, and leave out what was handed over before. */
	if (!kmsg->is_known && lseek(source->fd, 0, SEEK_END) < 0 && errno != ESPIPE)
		return source_fail(source, "open", errno, "seek /dev/kmsg");
	return 0;
}

static void report_gap(struct kmsg *kmsg, uint64_t sequence, struct timespec t)
{
	if (kmsg->is_known && sequence > kmsg->next)
		outlet_raw(&(struct raw){
			.t = t, .src = "kmsg", .text = "", .lost = sequence - kmsg->next});
}

static void report(struct kmsg *kmsg, const struct feed_line *line)
{
	struct raw raw = {.src = "kmsg", .text = line->text, .len = line->len, .cut = line->cut};
	struct kmsg_line stamp;

	if (!kmsg_line_parse(line->text, line->len, &stamp)) {
		raw.t = wallclock_now();
	} else {
		if (kmsg->is_known && stamp.sequence < kmsg->next)
			return;
		/*
		 * The log's clock runs at the processor's own rate, as this one does;
		 * CLOCK_MONOTONIC is steered and leaves it, by seconds within a month.
		 */
		raw.t = wallclock_of(CLOCK_MONOTONIC_RAW,
			stamp.usec < UINT64_MAX / 1000 ? stamp.usec * 1000 : UINT64_MAX);
		report_gap(kmsg, stamp.sequence, raw.t);
		kmsg->next = stamp.sequence + 1;
		kmsg->is_known = true;
	}
	outlet_raw(&raw);
}

static int kmsg_ready(struct source *source)
{
	struct kmsg *kmsg = source->state;
	enum feed_event event = feed_read(&kmsg->feed, source->fd);
	struct feed_line line;

	while (feed_next(&kmsg->feed, &line))
		report(kmsg, &line);
	/* EPIPE: messages were overwritten; the number of the next one tells how many. */
	if (event == FEED_ERROR && errno != EPIPE)
		return source_fail(source, "gone", errno, "read /dev/kmsg");
	if (event != FEED_END)
		return 0;
	if (feed_rest(&kmsg->feed, &line))
		report(kmsg, &line);
	return source_fail(source, "gone", 0, "read /dev/kmsg: it has ended");
}

static void kmsg_close(struct source *source)
{
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
}

const struct source_kind source_kmsg = {
	.name = "kmsg",
	.open = kmsg_open,
	.ready = kmsg_ready,
	.close = kmsg_close,
};
