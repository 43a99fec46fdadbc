/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apei - errors that firmware reported, as the kernel prints them (drivers/firmware/efi/cper.c).
 *
 * Each line of a report begins with the report's number in braces.  Reports of two CPUs mix, so
 * it is this number that lines belong by.  A report holds several errors, and no line says
 * that it has ended.
 */
#include "aer.h"
#include "tables.h"

enum { REPORTS = 16 };

static struct report {
	bool open;
	bool has_section; /* an error has begun, and not only the report */
	uint64_t key, used;
	struct err head; /* what holds for all errors of the report */
	struct err err;
} reports[REPORTS];

static uint64_t uses;

static const struct {
	const char *text;
	enum sev sev;
	const char *reason;
} severities[] = {
	{"recoverable", SEV_UNCORRECTED, "recoverable"},
	{"fatal", SEV_FATAL, "fatal"},
	{"corrected", SEV_CORRECTED, "corrected"},
	{"info", SEV_INFO, "info"},
};

static const struct {
	const char *text;
	enum err_class class;
} sections[] = {
	{"memory error", CLASS_MEMORY},
	{"PCIe error", CLASS_PCIE},
	{"general processor error", CLASS_INTERNAL},
	{"ARM processor error", CLASS_INTERNAL},
	{"IA32/X64 processor error", CLASS_INTERNAL},
	{"CXL", CLASS_CXL},
};

static void put_severity(struct err *err, const struct scan *s)
{
	for (size_t i = 0; i < ROWS(severities); i++) {
		struct scan copy = *s;

		if (!scan_bytes(&copy, severities[i].text, strlen(severities[i].text)))
			continue;
		err_set(err, E_SEV, severities[i].sev);
		err_word(err, E_REASON, severities[i].reason);
	}
}

/* Firmware that says nothing of the extent means a cache line. */
static void put_range(struct err *err)
{
	uint64_t size = err_has(err, E_SIZE) ? err->value[E_SIZE].n : 64;

	if (!err_has(err, E_ADDR)) {
		err_drop(err, E_SIZE);
		return;
	}
	err->value[E_ADDR].n &= ~(size - 1);
	err_set(err, E_SIZE, size);
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
	if (!err_has(&r->err, E_CLASS))
		err_set(&r->err, E_CLASS, CLASS_UNKNOWN);
	if (!err_has(&r->err, E_NAME) && err_has(&r->err, E_AER_STATUS))
		aer_put_bits(
			&r->err, r->err.value[E_AER_STATUS].n, err_sev(&r->err) != SEV_CORRECTED);
	put_range(&r->err);
	err_advise(&r->err);
	out_err(&r->err);
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
	err_clear(&oldest->head);
	return oldest;
}

static void begin_report(struct report *r, uint64_t source)
{
	close_section(r);
	err_clear(&r->head);
	err_word(&r->head, E_SRC, "apei");
	err_set(&r->head, E_APEI, source);
	line_time(&r->head);
}

static void begin_section(struct report *r)
{
	close_section(r);
	r->err = r->head;
	r->has_section = true;
	if (!err_has(&r->err, E_SRC))
		err_word(&r->err, E_SRC, "apei");
}

static void put_section(struct err *err, const struct scan *s)
{
	for (size_t i = 0; i < ROWS(sections); i++) {
		struct scan copy = *s;

		if (scan_bytes(&copy, sections[i].text, strlen(sections[i].text)))
			err_set(err, E_CLASS, sections[i].class);
	}
	if (!err_has(err, E_CLASS))
		err_set(err, E_CLASS, CLASS_UNKNOWN);
	if (err->value[E_CLASS].n != CLASS_MEMORY && err->value[E_CLASS].n != CLASS_PCIE)
		err_text(err, E_TEXT, s->p, scan_left(s));
}

/* --- One line of an error: a name, a colon, a value --- */

static bool put_text(struct err *err, enum err_field field, const struct scan *s)
{
	if (scan_left(s))
		err_text(err, field, s->p, scan_left(s));
	return true;
}

/* "Storage error in DRAM memory (0x0000000000000400)", or the number alone. */
static void put_error_status(struct err *err, struct scan s)
{
	uint64_t n;
	struct scan bare = s;

	if ((SCAN_TO(&s, "(0x") && scan_hex(&s, &n)) || scan_hex(&bare, &n))
		err_set(err, E_ERR_STATUS, n);
}

/* "3, multi-bit ECC" */
static void put_error_type(struct err *err, struct scan s)
{
	uint64_t n;

	if (scan_number(&s, &n))
		err_set(err, E_ETYPE, n);
	if (SCAN(&s, ", ") || SCAN(&s, ": "))
		put_text(err, E_TEXT, &s);
}

/* "CPU1 DIMM_A1", "not present. DMI handle: 0x0000" */
static void put_location(struct err *err, struct scan s)
{
	if (!SCAN(&s, "not present"))
		put_text(err, E_DIMM, &s);
}

static void put_mask(struct err *err, uint64_t mask)
{
	uint64_t size = ~mask + 1;

	err_set(err, E_MASK, mask);
	/* A mask of high ones is a range; anything else is not one we can name. */
	if (mask && (size & (size - 1)) == 0 && size <= UINT64_C(1) << 30)
		err_set(err, E_SIZE, size);
}

static const struct {
	const char *name;
	enum err_field field;
} numbers[] = {
	{"node", E_NODE},
	{"card", E_CARD},
	{"module", E_MODULE},
	{"rank", E_RANK},
	{"bank", E_DRAM_BANK},
	{"bank_group", E_BANK_GROUP},
	{"bank_address", E_DRAM_BANK},
	{"device", E_DEVICE},
	{"row", E_ROW},
	{"column", E_COL},
	{"bit_position", E_BIT},
	{"chip_id", E_CHIP},
	{"aer_cor_status", E_AER_STATUS},
	{"aer_uncor_status", E_AER_STATUS},
	{"aer_cor_mask", E_AER_MASK},
	{"aer_uncor_mask", E_AER_MASK},
};

/* "node:6 card:1 module:0 rank:1", of older kernels "node: 6" and one a line. */
static bool put_numbers(struct err *err, struct scan s)
{
	const char *name;
	size_t len;
	uint64_t n;
	bool any = false;

	while (scan_until(&s, ':', &name, &len)) {
		scan_blanks(&s);
		if (!scan_number(&s, &n))
			break;
		for (size_t i = 0; i < ROWS(numbers); i++)
			if (scan_is(name, len, numbers[i].name)) {
				err_set(err, numbers[i].field, n);
				any = true;
			}
		if (SCAN(&s, ","))
			scan_blanks(&s);
		scan_blanks(&s);
	}
	if (any && err_has(err, E_CLASS) && err->value[E_CLASS].n == CLASS_MEMORY)
		err_source(err, SOURCE_CPER);
	return any;
}

/* "vendor_id: 0x8086, device_id: 0x2030" and "device_id: 0000:3a:00.0" */
static bool put_pci(struct err *err, struct scan s)
{
	uint64_t vendor, device;
	static const char hex[] = "0123456789abcdef";
	char id[9];

	if (SCAN(&s, "device_id: "))
		return put_text(err, E_BDF, &s);
	if (!SCAN(&s, "vendor_id: ") || !scan_hex(&s, &vendor) || !SCAN(&s, ", device_id: ") ||
		!scan_hex(&s, &device))
		return false;
	for (int i = 0; i < 4; i++) {
		id[i] = hex[vendor >> (12 - 4 * i) & 15];
		id[5 + i] = hex[device >> (12 - 4 * i) & 15];
	}
	id[4] = ':';
	err_text(err, E_PCI_ID, id, sizeof(id));
	return true;
}

static void put_line(struct err *err, struct scan s)
{
	uint64_t n;
	bool memory = err_has(err, E_CLASS) && err->value[E_CLASS].n == CLASS_MEMORY;

	if (SCAN(&s, "fru_text: "))
		put_text(err, E_FRU, &s);
	else if (SCAN(&s, "section_type: "))
		put_section(err, &s);
	else if (SCAN(&s, "error_status: "))
		put_error_status(err, s);
	else if (SCAN(&s, "physical_address: ")) {
		if (scan_hex(&s, &n))
			err_set(err, E_ADDR, n);
	} else if (SCAN(&s, "physical_address_mask: ")) {
		if (scan_hex(&s, &n))
			put_mask(err, n);
	} else if (SCAN(&s, "error_type: "))
		put_error_type(err, s);
	else if (SCAN(&s, "DIMM location: "))
		put_location(err, s);
	else if (!put_pci(err, s) && (memory || SCAN(&s, "aer_")))
		put_numbers(err, (struct scan){s.p - (memory ? 0 : 4), s.end});
}

bool apei_line(struct scan *s, uint64_t key)
{
	struct report *r = find_report(key);
	uint64_t n;

	r->used = ++uses;
	scan_blanks(s);
	if (SCAN(s, "Hardware error from APEI Generic Hardware Error Source: ")) {
		begin_report(r, scan_dec(s, &n) ? n : 0);
	} else if (SCAN(s, "event severity: ")) {
		put_severity(&r->head, s);
	} else if (SCAN(s, "Error ") && scan_dec(s, &n) && SCAN(s, ", type: ")) {
		begin_section(r);
		put_severity(&r->err, s);
	} else if (r->has_section) {
		put_line(&r->err, *s);
	} else if (SCAN(s, "section_type: ")) {
		/* Kernels before 3.16 had no line for the error itself. */
		begin_section(r);
		put_section(&r->err, s);
	}
	return true;
}
