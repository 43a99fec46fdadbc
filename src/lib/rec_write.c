/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rec.h"
#include "digits.h"
#include "rec_bytes.h"

#include <errno.h>
#include <string.h>

#define PLAIN REC_BYTE_PLAIN
#define DIGIT (REC_BYTE_PLAIN | REC_BYTE_NAME)
#define LOWER (REC_BYTE_PLAIN | REC_BYTE_NAME | REC_BYTE_NAME_START)

const unsigned char rec_byte_class[256] = {
	['!' ... '/'] = PLAIN,
	['0' ... '9'] = DIGIT,
	[':' ... '['] = PLAIN,
	[']' ... '^'] = PLAIN,
	['_'] = DIGIT,
	['`'] = PLAIN,
	['a' ... 'z'] = LOWER,
	['{' ... '~'] = PLAIN,
};

static const char hex[] = "0123456789abcdef";

static void fail(struct rec_writer *writer, int error)
{
	if (!writer->error)
		writer->error = error;
}

static void append(struct rec_writer *writer, const char *bytes, size_t len)
{
	/* One byte stays free for the LF. */
	if (len > sizeof(writer->line) - 1 - writer->len) {
		fail(writer, EMSGSIZE);
		return;
	}
	memcpy(writer->line + writer->len, bytes, len);
	writer->len += len;
}

static void append_name(struct rec_writer *writer, const char *name)
{
	size_t len = strlen(name);

	if (!rec_is_name(name, len))
		fail(writer, EINVAL);
	append(writer, name, len);
}

static void append_key(struct rec_writer *writer, const char *key)
{
	if (writer->pairs++ == REC_KEYS_MAX)
		fail(writer, EMSGSIZE);
	if (strcmp(key, "type") == 0)
		fail(writer, EINVAL);
	append(writer, " ", 1);
	append_name(writer, key);
	append(writer, "=", 1);
}

void rec_begin(struct rec_writer *writer, const char *type)
{
	writer->len = 0;
	writer->pairs = 0;
	writer->error = 0;
	append_name(writer, type);
}

static void append_value(struct rec_writer *writer, const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len && !writer->error; i++) {
		char escape[4] = {'\\', 'x', hex[p[i] >> 4], hex[p[i] & 15]};

		if (rec_byte_class[p[i]] & REC_BYTE_PLAIN)
			append(writer, (const char *)&p[i], 1);
		else
			append(writer, escape, sizeof(escape));
	}
}

void rec_put(struct rec_writer *writer, const char *key, const void *value, size_t len)
{
	append_key(writer, key);
	append_value(writer, value, len);
}

size_t rec_put_head(
	struct rec_writer *writer, const char *key, const void *value, size_t len, size_t reserve)
{
	const unsigned char *p = value;
	size_t end, n;

	append_key(writer, key);
	end = writer->len + reserve;
	for (n = 0; n < len; n++) {
		end += rec_byte_class[p[n]] & REC_BYTE_PLAIN ? 1 : 4;
		if (end > sizeof(writer->line) - 1)
			break;
	}
	append_value(writer, p, n);
	return n;
}

void rec_put_text(struct rec_writer *writer, const char *key, const char *text)
{
	rec_put(writer, key, text, strlen(text));
}

void rec_put_addr(struct rec_writer *writer, const char *key, uint64_t value)
{
	char text[DIGITS_REGISTER];

	digits_register(text, value);
	append_key(writer, key);
	append(writer, text, sizeof(text));
}

void rec_put_u64(struct rec_writer *writer, const char *key, uint64_t value)
{
	char text[DIGITS_DEC_MAX];

	append_key(writer, key);
	append(writer, text, (size_t)(digits_dec(text, value) - text));
}

void rec_put_time(struct rec_writer *writer, const char *key, const struct timespec *t)
{
	char text[DIGITS_TIME];

	if (t->tv_sec < DIGITS_TIME_FIRST || t->tv_sec > DIGITS_TIME_LAST || t->tv_nsec < 0 ||
		t->tv_nsec > 999999999) {
		fail(writer, EINVAL);
		return;
	}
	digits_time(text, t->tv_sec, (uint32_t)t->tv_nsec);
	append_key(writer, key);
	append(writer, text, sizeof(text));
}

void rec_put_now(struct rec_writer *writer, const char *key)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	rec_put_time(writer, key, &now);
}

void rec_put_errno(struct rec_writer *writer, const char *key, int error)
{
	const char *name = strerrorname_np(error);
	char number[32];

	if (!name) { /* newer than this C library: still a fact */
		snprintf(number, sizeof(number), "E%d", error);
		name = number;
	}
	rec_put_text(writer, key, name);
}

int rec_send(struct rec_writer *writer, FILE *out)
{
	if (writer->error) {
		errno = writer->error;
		return -1;
	}

	size_t len = writer->len + 1;

	writer->line[writer->len] = '\n';
	return fwrite(writer->line, 1, len, out) == len ? 0 : -1;
}

int rec_copy(const struct rec *rec, FILE *out)
{
	return fwrite(rec->line, 1, rec->line_len, out) == rec->line_len ? 0 : -1;
}
