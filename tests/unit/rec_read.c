/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rec: the stream of lines, however read(2) cuts it up. */
#include "rec.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RANDOM_LINES = 20000 };

static struct rec_reader reader;
static struct rec rec;

/* --- A stream that arrives in chosen pieces --- */

struct feed {
	int fd;
	pid_t writer;
};

static void write_pieces(
	int fd, const char *bytes, size_t len, size_t (*piece)(void *context), void *context)
{
	while (len > 0) {
		size_t n = piece(context);

		if (n > len)
			n = len;
		if (write(fd, bytes, n) != (ssize_t)n)
			_exit(1);
		bytes += n;
		len -= n;
	}
	_exit(0);
}

/* A pipe of packets: each read(2) returns what one write(2) wrote (pipe(2), O_DIRECT). */
static struct feed feed_pieces(
	const char *bytes, size_t len, size_t (*piece)(void *context), void *context)
{
	struct feed feed;
	int fds[2];

	if (pipe2(fds, O_DIRECT | O_CLOEXEC) != 0 || (feed.writer = fork()) < 0) {
		perror("pipe2, fork");
		exit(EXIT_FAILURE);
	}
	if (feed.writer == 0) {
		close(fds[0]);
		write_pieces(fds[1], bytes, len, piece, context);
	}
	close(fds[1]);
	feed.fd = fds[0];
	return feed;
}

static void feed_end(const struct feed *feed)
{
	int status;

	close(feed->fd);
	CHECK(waitpid(feed->writer, &status, 0) == feed->writer && status == 0);
}

static size_t same_piece(void *context)
{
	return *(const size_t *)context;
}

/* --- What the reader makes of it, as text: "1 record; 2 malformed: line too long; 2 end" --- */

static const char *const event_names[] = {
	[REC_RECORD] = "record",
	[REC_NOTE] = "note",
	[REC_MALFORMED] = "malformed",
	[REC_CUT] = "cut",
	[REC_VERSION] = "version",
	[REC_END] = "end",
	[REC_ERROR] = "error",
};

static void tell_events(int fd, char *out, size_t size)
{
	FILE *text = fmemopen(out, size, "w");
	enum rec_event event;

	rec_open(&reader, fd);
	do {
		event = rec_next(&reader, &rec);
		fprintf(text, "%ju %s", (uintmax_t)reader.lines.number, event_names[event]);
		if (event == REC_MALFORMED)
			fprintf(text, ": %s", reader.why);
		fputs(event == REC_END || event == REC_ERROR ? "" : "; ", text);
	} while (event != REC_END && event != REC_ERROR);
	fclose(text);
}

/* The events of BYTES that arrive in pieces of N. */
static const char *events_in_pieces(const char *bytes, size_t len, size_t n)
{
	static char text[65536];
	struct feed feed = feed_pieces(bytes, len, same_piece, &n);

	tell_events(feed.fd, text, sizeof(text));
	feed_end(&feed);
	return text;
}

static const char *events(const char *bytes)
{
	return events_in_pieces(bytes, strlen(bytes), 4096);
}

/* --- Tests --- */

static void every_kind_of_line_is_told(void)
{
	static const struct {
		const char *bytes, *events;
	} cases[] = {
		{"", "0 end"},
		{"page\n", "1 record; 1 end"},
		{"page k=v\ndone\n", "1 record; 2 record; 2 end"},
		{"\n", "1 note; 1 end"},
		{"\n\npage\n", "1 note; 2 note; 3 record; 3 end"},
		{"#\n# any text: ~ \n#page k=v\n", "1 note; 2 note; 3 note; 3 end"},
		{"#\ttab\n", "1 malformed: unprintable byte in a note; 1 end"},
		{"# \x7f\n", "1 malformed: unprintable byte in a note; 1 end"},
		{"# \xc3\xa4\n", "1 malformed: unprintable byte in a note; 1 end"},
		{"#\r\n", "1 malformed: unprintable byte in a note; 1 end"},
		{"\r\n", "1 malformed: not a type word; 1 end"},
		{" # x\n", "1 malformed: not a type word; 1 end"},
		{"page\nPAGE\npage k=\\x41\npage\n",
			"1 record; 2 malformed: not a type word;"
			" 3 malformed: needless escape in a value; 4 record; 4 end"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unit_row = cases[i].bytes;
		CHECK_TEXT(events(cases[i].bytes), cases[i].events);
	}
}

static void a_last_line_without_its_end_is_cut(void)
{
	CHECK_TEXT(events("page"), "1 cut; 1 end");
	CHECK_TEXT(events("page\npage k=v"), "1 record; 2 cut; 2 end");
	CHECK_TEXT(events("page\n#"), "1 record; 2 cut; 2 end");
	CHECK_TEXT(events("page\nBAD"), "1 record; 2 cut; 2 end");
}

static void only_version_1_is_read(void)
{
	CHECK_TEXT(events("#rec 1\npage\n"), "1 note; 2 record; 2 end");
	CHECK_TEXT(events("#rec 2\npage\n"), "1 version; 2 record; 2 end");
	CHECK_TEXT(events("#rec 10\n"), "1 version; 1 end");
	CHECK_TEXT(events("#rec 01\n"), "1 version; 1 end");
	CHECK_TEXT(events("#rec 1 \n"), "1 version; 1 end");
	CHECK_TEXT(events("#rec \n"), "1 version; 1 end");
	/* Streams may be concatenated: the note counts wherever it stands. */
	CHECK_TEXT(events("page\n#rec 2\n"), "1 record; 2 version; 2 end");
	/* Notes of other words are none of the reader's business. */
	CHECK_TEXT(events("#rec\n#rec1\n#records 2\n# rec 2\n#REC 2\n"),
		"1 note; 2 note; 3 note; 4 note; 5 note; 5 end");
}

/* NUL and any other byte stay within their line. */
static void a_nul_spoils_one_line(void)
{
	static const char bytes[] = "page\0\npage\n\0\n#\0\npage\n";

	CHECK_TEXT(events_in_pieces(bytes, sizeof(bytes) - 1, 4096),
		"1 malformed: not a type word; 2 record; 3 malformed: not a type word;"
		" 4 malformed: unprintable byte in a note; 5 record; 5 end");
}

static void lines_are_given_as_they_came(void)
{
	static const char bytes[] = "#rec 1\nce dimm=A\\x201 n=\n\n";
	struct feed feed = feed_pieces(bytes, strlen(bytes), same_piece, &(size_t){5});

	rec_open(&reader, feed.fd);
	CHECK(rec_next(&reader, &rec) == REC_NOTE);
	CHECK(rec.line_len == 7 && memcmp(rec.line, "#rec 1\n", 7) == 0);
	CHECK(rec_next(&reader, &rec) == REC_RECORD);
	CHECK(rec.line_len == 18 && memcmp(rec.line, "ce dimm=A\\x201 n=\n", 18) == 0);
	CHECK(rec_is(&rec, "ce") && rec.pairs == 2 && rec_value_is(&rec, "dimm", "A\\x201"));
	CHECK(rec_next(&reader, &rec) == REC_NOTE);
	CHECK(rec.line_len == 1 && rec.line[0] == '\n');
	CHECK(rec_next(&reader, &rec) == REC_END);
	CHECK(rec_next(&reader, &rec) == REC_END);
	feed_end(&feed);
}

/* LEN bytes: "t k=vvv...", or "#...", with its LF. */
static char *put_line(char *p, size_t len, bool note)
{
	if (note) {
		memset(p, '#', len);
	} else if (len < 5) {
		memset(p, 't', len);
	} else {
		memcpy(p, "t k=", 4);
		memset(p + 4, 'v', len - 4);
	}
	p[len - 1] = '\n';
	return p + len;
}

/* Single bytes take long: only where the limit is near. */
static size_t least_piece(size_t length)
{
	return length < 9000 ? 1 : 121;
}

/* Lines around the limit, records and notes, each followed by a good line. */
static void a_line_over_4096_bytes_is_lost_alone(void)
{
	static const size_t lengths[] = {4095, 4096, 4097, 4098, 8191, 8192, 8193, 16384, 65535,
		65536, 65537, 69632, 131072, 200000};
	static char bytes[300000];

	for (size_t i = 0; i < 2 * sizeof(lengths) / sizeof(*lengths); i++) {
		size_t length = lengths[i / 2];
		bool note = i % 2;
		char *end = put_line(put_line(bytes, length, note), 9, false);
		const char *fine = note ? "1 note; 2 record; 2 end" : "1 record; 2 record; 2 end";
		static char row[64];

		snprintf(row, sizeof(row), "%zu bytes%s", length, note ? ", a note" : "");
		unit_row = row;
		for (size_t piece = least_piece(length); piece <= 4096; piece = piece * 3 + 1)
			CHECK_TEXT(events_in_pieces(bytes, (size_t)(end - bytes), piece),
				length <= REC_LINE_MAX
					? fine
					: "1 malformed: line too long; 2 record; 2 end");
	}
}

static void an_endless_line_is_cut(void)
{
	static const size_t lengths[] = {4095, 4096, 4097, 65535, 65536, 65537, 200000};
	static char bytes[200000];

	memset(bytes, 't', sizeof(bytes));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		for (size_t piece = 1; piece <= 4096; piece = piece * 3 + 1)
			CHECK_TEXT(events_in_pieces(bytes, lengths[i], piece), "1 cut; 1 end");
}

static size_t first_piece_only(void *context)
{
	size_t *piece = context;
	size_t first = *piece;

	*piece = 4096;
	return first;
}

static void lines_may_be_split_at_any_byte(void)
{
	static const char bytes[] = "#rec 1\npage addr=0x0000000000001000 dimm=A\\x201\n\n"
				    "BAD k=v\npage k=\\x2\ndone src=x skipped=0\n# end\ncut";
	size_t len = strlen(bytes);
	char whole[1024], text[1024];

	strcpy(whole, events_in_pieces(bytes, len, len));
	CHECK_TEXT(whole, "1 note; 2 record; 3 note; 4 malformed: not a type word;"
			  " 5 malformed: broken escape in a value; 6 record; 7 note; 8 cut; 8 end");
	for (size_t n = 1; n < len; n++) {
		struct feed feed = feed_pieces(bytes, len, first_piece_only, &(size_t){n});

		tell_events(feed.fd, text, sizeof(text));
		feed_end(&feed);
		CHECK_TEXT(text, whole);
		CHECK_TEXT(events_in_pieces(bytes, len, n), whole);
	}
}

static size_t random_piece(void *context)
{
	(void)context;
	return 1 + (size_t)rand() % 4096;
}

/* Mostly ordinary lines, many near the limit, some far beyond the buffer. */
static size_t random_length(void)
{
	switch (rand() % 16) {
	case 0:
		return 4090 + (size_t)rand() % 12;
	case 1:
		return 1 + (size_t)rand() % 9000;
	case 2:
		return rand() % 16 ? 1 : 60000 + (size_t)rand() % 80000;
	default:
		return 1 + (size_t)rand() % 250;
	}
}

/* The next event is what a line of LEN bytes at LINE must give. */
static void check_line(const char *line, size_t len)
{
	enum rec_event event = rec_next(&reader, &rec);

	if (len > REC_LINE_MAX) {
		CHECK(event == REC_MALFORMED);
		CHECK_TEXT(reader.why, "line too long");
		return;
	}
	CHECK(event == (*line == '#' || *line == '\n' ? REC_NOTE : REC_RECORD));
	CHECK(rec.line_len == len && memcmp(rec.line, line, len) == 0);
}

/* Line ends fall on every side of the ends of buffers and of reads. */
static void random_lines_in_random_pieces(void)
{
	static size_t lengths[RANDOM_LINES];
	static char bytes[64 << 20];
	char *p = bytes;

	srand(1);
	for (int i = 0; i < RANDOM_LINES; i++) {
		lengths[i] = random_length();
		p = put_line(p, lengths[i], rand() % 8 == 0);
	}

	struct feed feed = feed_pieces(bytes, (size_t)(p - bytes), random_piece, NULL);

	rec_open(&reader, feed.fd);
	p = bytes;
	for (int i = 0; i < RANDOM_LINES && !unit_failed_checks; p += lengths[i++]) {
		check_line(p, lengths[i]);
		CHECK_U64(reader.lines.number, i + 1);
	}
	CHECK(rec_next(&reader, &rec) == REC_END);
	feed_end(&feed);
}

/* A regular file fills the whole buffer at once: records end at, before and behind its end. */
static void records_may_end_anywhere_in_a_full_buffer(void)
{
	static char bytes[4 * sizeof(reader.lines.buffer)];

	for (size_t first = 1; first < 260; first++) {
		int fd = memfd_create("records", MFD_CLOEXEC);
		char *p = put_line(bytes, first, false);
		size_t lines = 1;

		for (; p < bytes + 3 * sizeof(reader.lines.buffer); lines++)
			p = put_line(p, 128, false);
		CHECK(write(fd, bytes, (size_t)(p - bytes)) == p - bytes);
		lseek(fd, 0, SEEK_SET);
		rec_open(&reader, fd);
		p = bytes;
		for (size_t i = 0; i < lines; i++) {
			size_t len = i ? 128 : first;

			check_line(p, len);
			p += len;
		}
		CHECK(rec_next(&reader, &rec) == REC_END);
		close(fd);
	}
}

static void ready_means_without_reading(void)
{
	int fds[2];

	CHECK(pipe2(fds, O_CLOEXEC) == 0);
	rec_open(&reader, fds[0]);
	CHECK(!rec_ready(&reader));
	CHECK(write(fds[1], "page\ndone\nha", 12) == 12);
	CHECK(!rec_ready(&reader)); /* there, but not read */
	CHECK(rec_next(&reader, &rec) == REC_RECORD);
	CHECK(rec_ready(&reader));
	CHECK(rec_next(&reader, &rec) == REC_RECORD);
	CHECK(!rec_ready(&reader)); /* half a line */
	CHECK(write(fds[1], "lf\n", 3) == 3);
	close(fds[1]);
	CHECK(rec_next(&reader, &rec) == REC_RECORD && rec_is(&rec, "half"));
	CHECK(!rec_ready(&reader));
	CHECK(rec_next(&reader, &rec) == REC_END);
	CHECK(rec_ready(&reader));
	close(fds[0]);
}

static void a_failing_read_is_an_error(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	rec_open(&reader, fd);
	errno = 0;
	CHECK(rec_next(&reader, &rec) == REC_ERROR && errno == EISDIR);
	CHECK(rec_next(&reader, &rec) == REC_ERROR);
	close(fd);
}

/* What was read before the error is still there: a live source may only have nothing yet. */
static void nothing_is_lost_to_an_error(void)
{
	int fds[2];

	CHECK(pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0);
	rec_open(&reader, fds[0]);
	CHECK(write(fds[1], "page\npa", 7) == 7);
	CHECK(rec_next(&reader, &rec) == REC_RECORD);
	CHECK(rec_next(&reader, &rec) == REC_ERROR && errno == EAGAIN);
	CHECK(write(fds[1], "ge k=v\n", 7) == 7);
	CHECK(rec_next(&reader, &rec) == REC_RECORD && rec_value_is(&rec, "k", "v"));
	CHECK_U64(reader.lines.number, 2);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	UNIT(every_kind_of_line_is_told);
	UNIT(a_last_line_without_its_end_is_cut);
	UNIT(only_version_1_is_read);
	UNIT(a_nul_spoils_one_line);
	UNIT(lines_are_given_as_they_came);
	UNIT(a_line_over_4096_bytes_is_lost_alone);
	UNIT(an_endless_line_is_cut);
	UNIT(lines_may_be_split_at_any_byte);
	UNIT(random_lines_in_random_pieces);
	UNIT(records_may_end_anywhere_in_a_full_buffer);
	UNIT(ready_means_without_reading);
	UNIT(a_failing_read_is_an_error);
	UNIT(nothing_is_lost_to_an_error);
	return unit_end();
}
