/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cper - the frames of sections: common platform error records (UEFI specification, N.2.1 and
 * N.2.2), and generic error status blocks (ACPI specification, 18.3.2.7.1).
 */
#include "binary.h"
#include "formats.h"
#include "section.h"
#include "tables.h"

#include <time.h>

enum {
	RECORD_HEADER = 128,
	DESCRIPTOR = 72,
	BLOCK_HEADER = 20,
	ENTRY = 64,     /* of a status block */
	ENTRY_300 = 72, /* of revision 3 on, with a time */
	FRU_TEXT = 20,
};

/* --- Time: seconds, minutes, hours, a flag, day, month, year, century --- */

static bool from_bcd(const unsigned char *p, int low, int high, int *out)
{
	*out = (*p >> 4) * 10 + (*p & 15);
	return *p >> 4 < 10 && (*p & 15) < 10 && *out >= low && *out <= high;
}

static bool read_bcd(const unsigned char *p, uint64_t *seconds)
{
	struct tm tm = {0};
	int year, century;
	time_t t;

	if (!from_bcd(p, 0, 59, &tm.tm_sec) || !from_bcd(p + 1, 0, 59, &tm.tm_min) ||
		!from_bcd(p + 2, 0, 23, &tm.tm_hour) || !from_bcd(p + 4, 1, 31, &tm.tm_mday) ||
		!from_bcd(p + 5, 1, 12, &tm.tm_mon) || !from_bcd(p + 6, 0, 99, &year) ||
		!from_bcd(p + 7, 19, 99, &century))
		return false;
	tm.tm_mon--;
	tm.tm_year = century * 100 + year - 1900;
	t = timegm(&tm);
	*seconds = (uint64_t)t;
	return t >= 0;
}

/* Firmware does not know the time zone; the specification has it write local time. */
static void put_time(struct err *err, const unsigned char *p)
{
	enum { FLAG = 3, PRECISE = 1 };
	uint64_t seconds;

	if (!read_bcd(p, &seconds)) {
		err_flag(err, FLAG_RESERVED);
		return;
	}
	err_set(err, E_T, seconds);
	err->t_nsec = 0;
	err_flag(err, FLAG_LOCAL_TIME);
	if (!(p[FLAG] & PRECISE))
		err_flag(err, FLAG_IMPRECISE);
}

/* --- Records --- */

static bool is_record(const unsigned char *p)
{
	return memcmp(p, "CPER", 4) == 0 && little(p + 6, 4) == 0xffffffff;
}

/* Linux writes records of its own, with seconds since 1970 where others have BCD. */
static bool is_of_linux(const unsigned char *creator)
{
	char guid[GUID_TEXT + 1];

	section_guid(guid, creator);
	return strcmp(guid, "75a574e3-5052-4b29-8a8e-be2c6490b89d") == 0;
}

static void put_record_sev(struct err *frame, uint64_t severity)
{
	static struct err of_record;

	err_clear(&of_record);
	section_severity(&of_record, severity);
	err_set(frame, E_RECORD_SEV, of_record.value[E_SEV].n);
}

static void put_header(struct err *frame, const unsigned char *p)
{
	enum { VALID_TIME = 2, TIME = 24, CREATOR = 64, SIMULATED = 4 };
	uint64_t flags = little(p + 104, 4);

	put_record_sev(frame, little(p + 12, 4));
	section_list(frame, E_RECORD_FLAGS, WORDS_RECORD_FLAGS, flags);
	if (flags & SIMULATED)
		err_flag(frame, FLAG_SYNTHETIC);
	if (little(p + 96, 8))
		err_set(frame, E_RECORD_ID, little(p + 96, 8));
	if (little(p + 108, 8))
		err_set(frame, E_PERSISTENCE, little(p + 108, 8));
	if (!(little(p + 16, 4) & VALID_TIME))
		return;
	if (is_of_linux(p + CREATOR) && little(p + TIME, 8) < UINT32_MAX) {
		err_set(frame, E_T, little(p + TIME, 8));
		frame->t_nsec = 0;
	} else {
		put_time(frame, p + TIME);
	}
}

/* What pstore has kept of the kernel's log is text like any other. */
static void read_log(const char *text, size_t len, const struct err *frame)
{
	const char *end = text + len;

	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		size_t n = lf ? (size_t)(lf - text) : (size_t)(end - text);

		line_now.has_t = err_has(frame, E_T);
		line_now.t = line_now.has_t ? frame->value[E_T].n : 0;
		line_now.t_nsec = 0;
		text_line(text, n);
		text += lf ? n + 1 : n;
	}
	text_flush();
}

/* A section of a record, or what Linux keeps in the place of one. */
static void read_any(const struct section *s)
{
	enum { STRUCT_MCE = 88 };
	enum section_kind kind = section_of(s->guid);

	if (kind == SECTION_MCE && s->len >= STRUCT_MCE)
		binary_mce(s->p, s->len);
	else if (kind == SECTION_LOG)
		read_log((const char *)s->p, s->len, s->frame);
	else
		section_read(s);
}

static size_t fru_len(const unsigned char *fru, bool valid)
{
	return valid ? strnlen((const char *)fru, FRU_TEXT) : 0;
}

static void read_descriptor(
	const unsigned char *d, const unsigned char *p, size_t len, const struct err *frame)
{
	enum { VALID_ID = 1, VALID_TEXT = 2 };
	uint64_t offset = little(d, 4), size = little(d + 4, 4);

	if (offset > len || size > len - offset) {
		out_bad(line_now.number, "section ends behind its record");
		return;
	}
	read_any(&(struct section){.src = "cper",
		.guid = d + 16,
		.fru_id = d[10] & VALID_ID ? d + 32 : NULL,
		.fru = (const char *)d + 52,
		.fru_len = fru_len(d + 52, d[10] & VALID_TEXT),
		.p = p + offset,
		.len = (size_t)size,
		.severity = little(d + 48, 4),
		.flags = (uint32_t)little(d + 12, 4),
		.frame = frame});
}

static void read_record(const unsigned char *p, size_t len)
{
	static struct err frame;
	size_t sections = little(p + 10, 2);

	err_clear(&frame);
	put_header(&frame, p);
	for (size_t i = 0; i < sections; i++) {
		if (RECORD_HEADER + (i + 1) * DESCRIPTOR > len) {
			out_bad(line_now.number, "record ends before its sections");
			return;
		}
		read_descriptor(p + RECORD_HEADER + i * DESCRIPTOR, p, len, &frame);
	}
}

/* --- Status blocks --- */

static void read_entry(const unsigned char *e, size_t header, const struct err *block)
{
	enum { VALID_ID = 1, VALID_TEXT = 2, VALID_TIME = 4 };
	static struct err frame;

	frame = *block;
	if (header == ENTRY_300 && e[22] & VALID_TIME)
		put_time(&frame, e + ENTRY);
	section_read(&(struct section){.src = "cper",
		.guid = e,
		.fru_id = e[22] & VALID_ID ? e + 28 : NULL,
		.fru = (const char *)e + 44,
		.fru_len = fru_len(e + 44, e[22] & VALID_TEXT),
		.p = e + header,
		.len = (size_t)little(e + 24, 4),
		.severity = little(e + 16, 4),
		.flags = e[23],
		.frame = &frame});
}

static void read_block(const unsigned char *p, size_t len)
{
	static struct err block;
	size_t end = BLOCK_HEADER + (size_t)little(p + 12, 4), at = BLOCK_HEADER;

	if (end > len)
		end = len;
	err_clear(&block);
	put_record_sev(&block, little(p + 16, 4));
	while (at + ENTRY <= end) {
		const unsigned char *e = p + at;
		size_t header = little(e + 20, 2) >= 0x300 ? ENTRY_300 : ENTRY;
		uint64_t size = little(e + 24, 4);

		if (at + header > end || size > end - at - header) {
			out_bad(line_now.number, "section ends behind its block");
			return;
		}
		read_entry(e, header, &block);
		at += header + (size_t)size;
	}
	if (at < end)
		out_bad(line_now.number, "block ends within a section");
}

/* --- Either --- */

/* A status block has no signature: its severity and lengths must make sense. */
size_t cper_length(const unsigned char *p, size_t len)
{
	uint64_t n;

	if (len < CPER_HEADER_MIN)
		return 0;
	if (is_record(p)) {
		n = little(p + 20, 4);
		return n >= RECORD_HEADER ? (size_t)n : 0;
	}
	n = BLOCK_HEADER + little(p + 12, 4);
	if (little(p + 16, 4) > 3 || little(p, 4) > 0x3fff || n < BLOCK_HEADER + ENTRY)
		return 0;
	/* Raw data lies behind the sections, where it is. */
	if (little(p + 8, 4) && little(p + 4, 4) + little(p + 8, 4) > n)
		n = little(p + 4, 4) + little(p + 8, 4);
	return n <= UINT32_MAX ? (size_t)n : 0;
}

void cper_record(const unsigned char *p, size_t len)
{
	if (is_record(p))
		read_record(p, len);
	else
		read_block(p, len);
}
