/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lines - input by lines, in a buffer that never grows. */
#ifndef MEMPATROL_LINES_H
#define MEMPATROL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINES_MAX = 1 << 16 }; /* bytes of a line with its LF */

enum lines_event {
	LINES_LINE,
	LINES_LONG,  /* a line of more than LINES_MAX bytes was skipped */
	LINES_CUT,   /* the input's last line has no LF */
	LINES_END,   /* the end, after a complete line */
	LINES_ERROR, /* read(2) failed, see errno */
};

struct lines {
	int fd;
	uint64_t number; /* of the last line returned, the first being 1 */
	bool at_end;     /* read(2) returned 0 */
	bool skipping;   /* inside a line that is too long */
	size_t start, end;
	size_t searched; /* where the search for the LF goes on, or found it */
	char buffer[2 * LINES_MAX];
};

void lines_open(struct lines *lines, int fd);

/* lines_next - for LINES_LINE the LEN bytes at *line, its LF not among them. */
enum lines_event lines_next(struct lines *lines, const char **line, size_t *len);

/* lines_ready - lines_next() will return without reading. */
bool lines_ready(struct lines *lines);

#endif
