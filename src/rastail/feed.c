/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void feed_open(struct feed *feed, bool folded)
{
	feed->folded = folded;
	feed->skipping = false;
	feed->start = feed->end = 0;
}

enum feed_event feed_read(struct feed *feed, int fd)
{
	size_t kept = feed->end - feed->start;

	/* feed_next() leaves less than FEED_LINE_MAX. */
	memmove(feed->buffer, feed->buffer + feed->start, kept);
	feed->start = 0;
	feed->end = kept;

	ssize_t n = read(fd, feed->buffer + kept, sizeof(feed->buffer) - kept);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? FEED_NOTHING : FEED_ERROR;
	feed->end += (size_t)n;
	return n ? FEED_DATA : FEED_END;
}

/* The LF that ends the first line, or NULL. */
static const char *find_end(const struct feed *feed)
{
	const char *end = feed->buffer + feed->end;
	const char *lf = feed->buffer + feed->start;

	while ((lf = memchr(lf, '\n', (size_t)(end - lf)))) {
		if (!feed->folded || lf + 1 == end || lf[1] != ' ')
			return lf;
		lf++;
	}
	return NULL;
}

static void take(struct feed *feed, size_t len, bool cut, struct feed_line *line)
{
	*line = (struct feed_line){feed->buffer + feed->start, len, cut};
	feed->start += len;
}

bool feed_next(struct feed *feed, struct feed_line *line)
{
	const char *lf;

	while ((lf = find_end(feed))) {
		bool skipped = feed->skipping;

		take(feed, (size_t)(lf - feed->buffer) - feed->start, false, line);
		feed->start++;
		feed->skipping = false;
		if (!skipped)
			return true;
	}
	if (feed->skipping) {
		feed->start = feed->end;
		return false;
	}
	if (feed->end - feed->start < FEED_LINE_MAX)
		return false;
	take(feed, feed->end - feed->start, true, line);
	feed->skipping = true;
	return true;
}

bool feed_rest(struct feed *feed, struct feed_line *line)
{
	size_t len = feed->end - feed->start;

	if (!len || feed->skipping)
		return false;
	take(feed, len, true, line);
	return true;
}
