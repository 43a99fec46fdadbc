/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apei - errors that firmware reported, as the kernel prints them (drivers/firmware/efi/cper.c).
 *
 * Each line of a report begins with the report's number in braces.  Reports of two CPUs mix, so
 * it is this number that lines belong by.  A report holds several errors, and no line says
 * that it has ended.
 */
#include "aer.h"
#include "apei_line.h"
#include "prefix.h"
#include "section.h"
#include "tables.h"

enum { REPORTS = 16 };

static struct report {
	bool open;
	bool has_section; /* an error has begun, and not only the report */
	uint64_t key, used;
	struct err head; /* what holds for all errors of the report */
	struct err base; /* for all structures of error information of a section */
	struct err err;
	bool has_base;
	bool has_stamp, precise; /* of the next section */
	uint64_t stamp;
} reports[REPORTS];

static uint64_t uses;

static void put_ras(struct err *err)
{
	section_list(err, E_NAME,
		err_sev(err) == SEV_CORRECTED ? WORDS_RAS_CORRECTABLE : WORDS_RAS_UNCORRECTABLE,
		err->value[E_RAS_STATUS].n);
}

static void close_section(struct report *r)
{
	if (!r->has_section)
		return;
	r->has_section = false;
	if (!err_has(&r->err, E_SEV)) {
		err_set(&r->err, E_SEV, SEV_UNCORRECTED);
		err_flag(&r->err, FLAG_TRUNCATED);
		out_bad(line_now.number, "firmware's report without a severity");
	}
	if (!err_has(&r->err, E_NAME) && err_has(&r->err, E_AER_STATUS))
		aer_put_bits(
			&r->err, r->err.value[E_AER_STATUS].n, err_sev(&r->err) != SEV_CORRECTED);
	if (!err_has(&r->err, E_NAME) && err_has(&r->err, E_RAS_STATUS))
		put_ras(&r->err);
	section_range(&r->err);
	section_out(&r->err);
}

void apei_flush(void)
{
	for (int i = 0; i < REPORTS; i++) {
		close_section(&reports[i]);
		reports[i].open = false;
	}
}

/* The report of a number; the one that was silent longest makes room for a new one. */
static struct report *find_report(uint64_t key)
{
	struct report *oldest = &reports[0];

	for (int i = 0; i < REPORTS; i++) {
		if (reports[i].open && reports[i].key == key)
			return &reports[i];
		if (!reports[i].open ? oldest->open : reports[i].used < oldest->used)
			oldest = &reports[i];
	}
	if (oldest->open)
		close_section(oldest);
	oldest->open = true;
	oldest->has_section = false;
	oldest->key = key;
	oldest->has_stamp = false;
	err_clear(&oldest->head);
	return oldest;
}

static void begin_report(struct report *r)
{
	close_section(r);
	r->has_stamp = false;
	err_clear(&r->head);
	err_word(&r->head, E_SRC, "apei");
	line_time(&r->head);
}

static void put_stamp(struct report *r)
{
	if (!r->has_stamp)
		return;
	r->has_stamp = false;
	err_set(&r->err, E_T, r->stamp);
	r->err.t_nsec = 0;
	err_flag(&r->err, FLAG_LOCAL_TIME);
	if (!r->precise)
		err_flag(&r->err, FLAG_IMPRECISE);
}

static void begin_section(struct report *r)
{
	close_section(r);
	r->err = r->head;
	r->has_section = true;
	if (!err_has(&r->err, E_SRC))
		err_word(&r->err, E_SRC, "apei");
	put_stamp(r);
	r->has_base = false;
}

/* "2025-12-31 12:34:56": taken for UTC, as in binary records. */
static void read_stamp(struct report *r, const struct scan *s, bool precise)
{
	char text[32];
	uint32_t nsec;
	size_t len = scan_left(s);

	if (len + 1 > sizeof(text))
		return;
	memcpy(text, s->p, len);
	text[len] = 'Z';
	r->has_stamp = prefix_time(text, len + 1, &r->stamp, &nsec);
	r->precise = precise;
}

/* A section about a processor may hold several errors. */
static bool begin_structure(struct report *r, struct scan s)
{
	uint64_t n;

	if (!SCAN(&s, "Error info structure ") && !SCAN(&s, "Error Information Structure "))
		return false;
	if (!scan_dec(&s, &n))
		return false;
	/* Not by its number: lines may be lost, that of the first structure among them. */
	if (!r->has_base) {
		r->has_base = true;
		r->base = r->err;
	} else {
		close_section(r);
		r->err = r->base;
		r->has_section = true;
	}
	return true;
}

/* "event severity: fatal", before Linux 3.16 "severity: 1, fatal" */
static bool is_severity(struct scan *s)
{
	struct scan copy = *s;
	uint64_t n;

	if (!SCAN(&copy, "event severity: ") &&
		!(SCAN(&copy, "severity: ") && scan_dec(&copy, &n) && SCAN(&copy, ", ")))
		return false;
	*s = copy;
	return true;
}

/* "Error 0, type: recoverable", before Linux 3.16 "section: 0, severity: 0, recoverable" */
static bool is_error(struct scan *s)
{
	struct scan copy = *s;
	uint64_t n;

	if (!(SCAN(&copy, "Error ") && scan_dec(&copy, &n) && SCAN(&copy, ", type: ")) &&
		!(SCAN(&copy, "section: ") && scan_dec(&copy, &n) && SCAN(&copy, ", severity: ") &&
			scan_dec(&copy, &n) && SCAN(&copy, ", ")))
		return false;
	*s = copy;
	return true;
}

bool apei_line(struct scan *s, uint64_t key)
{
	struct report *r = find_report(key);
	uint64_t n;

	r->used = ++uses;
	scan_blanks(s);
	if (SCAN(s, "Hardware error from APEI Generic Hardware Error Source: ")) {
		begin_report(r);
		err_set(&r->head, E_APEI, scan_dec(s, &n) ? n : 0);
	} else if (is_severity(s)) {
		apei_severity(&r->head, s);
	} else if (is_error(s)) {
		begin_section(r);
		apei_severity(&r->err, s);
	} else if (SCAN(s, "precise tstamp: ")) {
		read_stamp(r, s, true);
	} else if (SCAN(s, "imprecise tstamp: ")) {
		read_stamp(r, s, false);
	} else if (r->has_section) {
		if (!begin_structure(r, *s))
			apei_put_line(&r->err, *s);
	} else if (SCAN(s, "section_type: ")) {
		/* The line of the error itself was lost. */
		begin_section(r);
		apei_put_section(&r->err, s);
	}
	return true;
}

/* The boot error record table: reports of before the boot, which have no number. */
bool apei_bert_line(struct scan *s)
{
	enum { NO_NUMBER = -1 };
	struct scan copy = *s;
	uint64_t key = (uint64_t)NO_NUMBER;
	struct report *r;

	scan_blanks(&copy);
	if (!is_severity(&copy)) {
		for (r = reports; r < reports + REPORTS; r++)
			if (r->open && r->key == key)
				return apei_line(s, key);
		return false;
	}
	r = find_report(key);
	begin_report(r);
	err_text(&r->head, E_RECORD_FLAGS, "previous-boot", strlen("previous-boot"));
	return apei_line(s, key);
}
