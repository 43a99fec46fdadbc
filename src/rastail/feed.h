/* SPDX-License-Identifier: GPL-2.0-or-later */
/* feed - lines out of a descriptor that must never be waited for, in a buffer that never grows. */
#ifndef MEMPATROL_FEED_H
#define MEMPATROL_FEED_H

#include <stdbool.h>
#include <stddef.h>

enum {
	FEED_READ_MIN = 8192, /* one read always has so much room: a record of /dev/kmsg needs it */
	FEED_LINE_MAX = 65536, /* bytes of a line that is kept whole */
};

struct feed {
	bool folded;   /* a line that begins with a blank belongs to the one before */
	bool skipping; /* the rest of a line that was cut */
	size_t start, end;
	char buffer[FEED_LINE_MAX + FEED_READ_MIN];
};

struct feed_line {
	const char *text; /* without the LF; valid until the next feed_read() */
	size_t len;
	bool cut; /* the line went on, and the rest is lost */
};

enum feed_event {
	FEED_DATA,
	FEED_NOTHING, /* there is nothing to be read now */
	FEED_END,
	FEED_ERROR, /* see errno */
};

/* feed_open - forget what was there; lines are FOLDED or not. */
void feed_open(struct feed *feed, bool folded);

/* feed_read - one read(2).  All lines must have been taken out before. */
enum feed_event feed_read(struct feed *feed, int fd);

/* feed_next - take out the next line; false when there is none yet. */
bool feed_next(struct feed *feed, struct feed_line *line);

/* feed_rest - what is left at the end without an LF; false when there is nothing. */
bool feed_rest(struct feed *feed, struct feed_line *line);

#endif
