/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rec - records, one a line: "type key=value key=value\n" (records(5)).
 *
 * A strict reader and writer with fixed buffers: nothing is allocated, for
 * memory is what is failing.  Nothing here prints; values point into the
 * reader's buffer and stay valid until the next call of rec_next().
 */
#ifndef MEMPATROL_REC_H
#define MEMPATROL_REC_H

#include "lines.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

enum {
	REC_LINE_MAX = 4096, /* bytes of a line with its LF: PIPE_BUF, so one write stays whole */
	REC_KEYS_MAX = 64,   /* keys of a record */
	REC_TIME_LEN = 30,   /* YYYY-MM-DDThh:mm:ss.nnnnnnnnnZ */
};

/* One key=value of a record; the value is still escaped. */
struct rec_pair {
	const char *key, *value;
	uint16_t key_len, value_len;
};

struct rec {
	const char *line; /* as it came, LF included */
	size_t line_len;
	size_t type_len; /* the type word is line[0] to line[type_len - 1] */
	unsigned int pairs;
	struct rec_pair pair[REC_KEYS_MAX];
};

/* --- Reading --- */

/*
 * rec_parse - take one line apart.  LEN counts its only LF, the last byte.
 * Returns NULL, or the reason it is malformed.  The line must not be a note.
 */
const char *rec_parse(const char *line, size_t len, struct rec *out);

/*
 * rec_is_foreign - the line announces another version of the grammar than this one, 1: "#rec N".
 * LEN counts its LF.
 */
bool rec_is_foreign(const char *line, size_t len);

enum rec_event {
	REC_RECORD,    /* a record, in *out */
	REC_NOTE,      /* a comment or empty line: only line and line_len of *out are set */
	REC_MALFORMED, /* not a record; why says the reason.  The line is lost */
	REC_CUT,       /* the input's last line has no LF: not a record */
	REC_VERSION,   /* a "#rec N" note with N other than 1 */
	REC_END,       /* the end, after a complete line */
	REC_ERROR,     /* read(2) failed, see errno */
};

struct rec_reader {
	struct lines lines; /* its number is that of the last line returned */
	const char *why;    /* after REC_MALFORMED */
};

/* rec_open - read records from FD, which stays the caller's. */
void rec_open(struct rec_reader *reader, int fd);

/* rec_next - the next event of the stream; blocks when input does. */
enum rec_event rec_next(struct rec_reader *reader, struct rec *out);

/* rec_ready - rec_next() will return without reading: the next line is buffered. */
bool rec_ready(struct rec_reader *reader);

/* --- Values of a record that was read --- */

/* rec_is - the record's type word is TYPE. */
bool rec_is(const struct rec *rec, const char *type);

/* rec_find - the pair of KEY, or NULL. */
const struct rec_pair *rec_find(const struct rec *rec, const char *key);

/* rec_value_is - KEY is there and its (escaped) value is TEXT. */
bool rec_value_is(const struct rec *rec, const char *key, const char *text);

/*
 * rec_addr - an address, register or mask: 0x and exactly 16 lower-case digits.
 * rec_u64 - a size, count or id: decimal without a leading zero.
 * Both return 0, or -1 with errno ENOENT (no such key) or EBADMSG (another form).
 */
int rec_addr(const struct rec *rec, const char *key, uint64_t *out);
int rec_u64(const struct rec *rec, const char *key, uint64_t *out);

/* rec_time - a UTC time; 0, or -1 with errno, as above. */
int rec_time(const struct rec *rec, const char *key, struct timespec *out);

/*
 * rec_text - the value of KEY as a string, unescaped.  "" and false where there is none, where it
 * is empty, does not fit into SIZE bytes, or has a NUL inside.
 */
bool rec_text(const struct rec *rec, const char *key, char *out, size_t size);

/*
 * rec_unescape - the bytes of a valid escaped value, at most LEN of them, into OUT.
 * Returns their number.  There is no NUL at the end and there may be some inside.
 */
size_t rec_unescape(const char *value, size_t len, char *out);

/* rec_is_name - the LEN bytes at NAME may be a type or a key: [a-z][a-z0-9_]*. */
bool rec_is_name(const char *name, size_t len);

/* --- Writing --- */

/*
 * A record being put together.  An error sticks until rec_send() reports it,
 * so callers check once.
 */
struct rec_writer {
	size_t len;
	unsigned int pairs;
	int error; /* EMSGSIZE: over REC_LINE_MAX or REC_KEYS_MAX.  EINVAL: not a name, or a value
		      that has no form */
	char line[REC_LINE_MAX];
};

/* rec_begin - a new record of TYPE, with whatever was there before dropped. */
void rec_begin(struct rec_writer *writer, const char *type);

/*
 * rec_put - KEY with LEN arbitrary bytes, escaped as needed.
 *
 * That no key comes twice is the caller's care, here and below; "type" is no key.
 */
void rec_put(struct rec_writer *writer, const char *key, const void *value, size_t len);

/*
 * rec_put_head - as rec_put(), but only as many of the LEN bytes as leave RESERVE bytes of
 * the line for what follows.  Returns how many those were.
 */
size_t rec_put_head(
	struct rec_writer *writer, const char *key, const void *value, size_t len, size_t reserve);

/* rec_put_text - KEY with a string: a word or any text. */
void rec_put_text(struct rec_writer *writer, const char *key, const char *text);

/* rec_put_addr - KEY as 0x and 16 digits. */
void rec_put_addr(struct rec_writer *writer, const char *key, uint64_t value);

/* rec_put_u64 - KEY as a decimal. */
void rec_put_u64(struct rec_writer *writer, const char *key, uint64_t value);

/* rec_put_time - KEY as a UTC time with nanoseconds; years 0 to 9999, else EINVAL sticks. */
void rec_put_time(struct rec_writer *writer, const char *key, const struct timespec *t);

/* rec_put_now - KEY with the time it is. */
void rec_put_now(struct rec_writer *writer, const char *key);

/* rec_put_errno - KEY with the name of an errno value, "EBUSY". */
void rec_put_errno(struct rec_writer *writer, const char *key, int error);

/*
 * rec_send - end the record and write its line to OUT in one piece.
 * Returns 0, or -1 with errno: what stuck while it was put together, or the
 * stream's error.  Nothing is written of a record that has an error.
 */
int rec_send(struct rec_writer *writer, FILE *out);

/* rec_copy - write a record or note that was read to OUT, byte for byte; 0, or -1. */
int rec_copy(const struct rec *rec, FILE *out);

#endif
