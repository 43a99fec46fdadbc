/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void lines_open(struct lines *lines, int fd)
{
	lines->fd = fd;
	lines->number = 0;
	lines->at_end = lines->skipping = false;
	lines->start = lines->end = lines->searched = 0;
}

/* The LF that ends the first buffered line, or NULL.  Who asks twice pays once. */
static char *find_end(struct lines *lines)
{
	char *p = lines->buffer + lines->searched, *end = lines->buffer + lines->end;
	char *lf;

	if (p < end && *p == '\n')
		return p;
	lf = memchr(p, '\n', (size_t)(end - p));

	lines->searched = (size_t)((lf ? lf : end) - lines->buffer);
	return lf;
}

bool lines_ready(struct lines *lines)
{
	return lines->at_end || find_end(lines);
}

/* Read more behind what is buffered; 1, 0 at the end of input, or -1. */
static int fill(struct lines *lines)
{
	size_t kept = lines->end - lines->start;
	ssize_t n;

	/* A line that has grown too long is not kept, so the buffer never fills up. */
	if (kept >= LINES_MAX)
		lines->skipping = true;
	if (lines->skipping)
		kept = 0;
	memmove(lines->buffer, lines->buffer + lines->end - kept, kept);
	lines->start = 0;
	lines->end = lines->searched = kept;
	do
		n = read(lines->fd, lines->buffer + kept, sizeof(lines->buffer) - kept);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	lines->end += (size_t)n;
	lines->at_end = n == 0;
	return n > 0;
}

static enum lines_event at_end(struct lines *lines)
{
	if (lines->start == lines->end && !lines->skipping)
		return LINES_END;
	lines->start = lines->searched = lines->end;
	lines->skipping = false;
	lines->number++;
	return LINES_CUT;
}

enum lines_event lines_next(struct lines *lines, const char **line, size_t *len)
{
	char *lf;

	while (!(lf = find_end(lines))) {
		int filled = lines->at_end ? 0 : fill(lines);

		if (filled < 0)
			return LINES_ERROR;
		if (filled == 0)
			return at_end(lines);
	}
	*line = lines->buffer + lines->start;
	*len = (size_t)(lf - *line);
	lines->searched = lines->start += *len + 1;
	lines->number++;
	if (!lines->skipping && *len < LINES_MAX)
		return LINES_LINE;
	lines->skipping = false;
	return LINES_LONG;
}
