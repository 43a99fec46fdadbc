/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rec.h"

#include <string.h>

static const char *check_note(const char *line, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			return "unprintable byte in a note";
	return NULL;
}

bool rec_is_foreign(const char *line, size_t len)
{
	return len > 5 && memcmp(line, "#rec ", 5) == 0 &&
	       (len != 7 || memcmp(line, "#rec 1\n", 7) != 0);
}

static enum rec_event malformed(struct rec_reader *reader, const char *why)
{
	reader->why = why;
	return REC_MALFORMED;
}

/* LEN counts the LF, which lines_next() leaves behind the line. */
static enum rec_event judge_line(
	struct rec_reader *reader, const char *line, size_t len, struct rec *out)
{
	bool note = line[0] == '#' || line[0] == '\n';

	if (len > REC_LINE_MAX)
		return malformed(reader, "line too long");
	if (rec_is_foreign(line, len))
		return REC_VERSION;

	const char *why = note ? check_note(line, len) : rec_parse(line, len, out);

	if (why)
		return malformed(reader, why);
	out->line = line;
	out->line_len = len;
	return note ? REC_NOTE : REC_RECORD;
}

void rec_open(struct rec_reader *reader, int fd)
{
	lines_open(&reader->lines, fd);
	reader->why = NULL;
}

bool rec_ready(struct rec_reader *reader)
{
	return lines_ready(&reader->lines);
}

enum rec_event rec_next(struct rec_reader *reader, struct rec *out)
{
	const char *line;
	size_t len;

	switch (lines_next(&reader->lines, &line, &len)) {
	case LINES_LINE:
		return judge_line(reader, line, len + 1, out);
	case LINES_LONG:
		return malformed(reader, "line too long");
	case LINES_CUT:
		return REC_CUT;
	case LINES_END:
		return REC_END;
	default:
		return REC_ERROR;
	}
}
