/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any stream of records: however it is cut into reads the events are the same,
 * and every record written again from its values is the same line.
 */
#include "rec.h"
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static struct rec_reader reader;
static struct rec rec;

/* --- What must be so of one record --- */

static void put_value(struct rec_writer *writer, const struct rec_pair *pair)
{
	char key[REC_LINE_MAX], value[REC_LINE_MAX];

	memcpy(key, pair->key, pair->key_len);
	key[pair->key_len] = '\0';
	rec_put(writer, key, value, rec_unescape(pair->value, pair->value_len, value));
}

/* A value that can be read as an address or a number has no other spelling. */
static void put_number(struct rec_writer *writer, const struct rec_pair *pair)
{
	struct rec one = {.pairs = 1, .pair = {*pair}};
	char key[REC_LINE_MAX];
	uint64_t number;

	memcpy(key, pair->key, pair->key_len);
	key[pair->key_len] = '\0';
	if (rec_addr(&one, key, &number) == 0)
		rec_put_addr(writer, key, number);
	else if (rec_u64(&one, key, &number) == 0)
		rec_put_u64(writer, key, number);
	else
		put_value(writer, pair);
}

static void check_rewritten(void (*put)(struct rec_writer *, const struct rec_pair *))
{
	static struct rec_writer writer;
	char type[REC_LINE_MAX];

	memcpy(type, rec.line, rec.type_len);
	type[rec.type_len] = '\0';
	MUST(rec_is(&rec, type));
	rec_begin(&writer, type);
	for (unsigned int i = 0; i < rec.pairs; i++)
		put(&writer, &rec.pair[i]);
	MUST(!writer.error);
	MUST(writer.len + 1 == rec.line_len);
	MUST(memcmp(writer.line, rec.line, writer.len) == 0);
}

static void check_record(void)
{
	MUST(rec.pairs <= REC_KEYS_MAX);
	check_rewritten(put_value);
	check_rewritten(put_number);
}

/* --- The stream in pieces --- */

struct event {
	enum rec_event event;
	uint64_t line;
	const char *why;
	size_t len, offset; /* of the line in all lines so far */
};

/* The next event into *out; the line's bytes behind what is in LINES. */
static void take_event(struct event *out, char *lines, size_t *len)
{
	*out = (struct event){.event = rec_next(&reader, &rec), .line = reader.lines.number};
	if (out->event == REC_MALFORMED)
		out->why = reader.why;
	if (out->event != REC_RECORD && out->event != REC_NOTE)
		return;
	MUST(rec.line_len > 0 && rec.line_len <= REC_LINE_MAX);
	MUST(memchr(rec.line, '\n', rec.line_len) == rec.line + rec.line_len - 1);
	out->offset = *len;
	out->len = rec.line_len;
	memcpy(lines + *len, rec.line, rec.line_len);
	*len += rec.line_len;
	if (out->event == REC_RECORD)
		check_record();
}

/* All at once, through a file; the number of events. */
static size_t read_whole(const uint8_t *data, size_t size, struct event *events, char *lines)
{
	int fd = memfd_create("rec", MFD_CLOEXEC);
	size_t n = 0, len = 0;

	MUST(write(fd, data, size) == (ssize_t)size);
	lseek(fd, 0, SEEK_SET);
	rec_open(&reader, fd);
	do
		take_event(&events[n], lines, &len);
	while (events[n++].event != REC_END);
	close(fd);
	return n;
}

/* A few bytes at a time, through a pipe that is empty before each: then the reader says EAGAIN. */
static size_t read_pieces(const uint8_t *data, size_t size, struct event *events, char *lines)
{
	size_t piece = 1 + size / 512, n = 0, len = 0;
	int fds[2];

	MUST(pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0);
	rec_open(&reader, fds[0]);
	do {
		take_event(&events[n], lines, &len);
		if (events[n].event != REC_ERROR)
			continue;
		MUST(errno == EAGAIN);
		if (piece > size)
			piece = size;
		MUST(write(fds[1], data, piece) == (ssize_t)piece);
		data += piece;
		size -= piece;
		if (size == 0 && fds[1] >= 0) {
			close(fds[1]);
			fds[1] = -1;
		}
	} while (events[n].event == REC_ERROR || events[n++].event != REC_END);
	close(fds[0]);
	return n;
}

static void check_same(const struct event *a, const struct event *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		MUST(a[i].event == b[i].event && a[i].line == b[i].line);
		MUST(a[i].why == b[i].why && a[i].len == b[i].len && a[i].offset == b[i].offset);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* At most one event a byte, and the end. */
	struct event *whole = calloc(size + 2, sizeof(*whole));
	struct event *pieces = calloc(size + 2, sizeof(*pieces));
	char *whole_lines = calloc(1, size + 1), *pieces_lines = calloc(1, size + 1);

	MUST(whole && pieces && whole_lines && pieces_lines);

	size_t n = read_whole(data, size, whole, whole_lines);

	MUST(n == read_pieces(data, size, pieces, pieces_lines));
	check_same(whole, pieces, n);
	MUST(memcmp(whole_lines, pieces_lines, size) == 0);
	free(whole);
	free(pieces);
	free(whole_lines);
	free(pieces_lines);
	return 0;
}
