/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace_field.h"
#include "binary.h"
#include "section.h"
#include "tables.h"

enum trace_in {
	IN_DEC,
	IN_HEX,
	IN_TEXT,
	IN_NAME,
	IN_WORD,
	IN_BYTES,
	IN_NSEC,
	IN_ADDRESS,
	IN_LENGTH,
	IN_SEVERITY,
	IN_LOG,
	IN_DESCRIPTOR,
	IN_VALID,
	IN_ARM_INFOS,
};

#include "trace_field.inc"

static unsigned char arm_infos[1 << 13];
static size_t arm_infos_len;

size_t trace_arm_infos(const unsigned char **infos)
{
	*infos = arm_infos;
	return arm_infos_len;
}

uint64_t trace_ghes_severity(uint64_t n)
{
	/* None, corrected, recoverable, panic (ghes_severity() of the kernel). */
	static const uint8_t severities[] = {3, 2, 0, 1};

	return n < ROWS(severities) ? severities[n] : UINT64_MAX;
}

/* --- Values --- */

/* "-1" is what prints of a number that is not known. */
static bool put_number(struct err *err, const struct trace_field_row *row, struct scan *s)
{
	uint64_t n;
	bool minus = row->as == IN_DEC && SCAN(s, "-");

	if (row->as == IN_DEC ? !scan_dec(s, &n) : !scan_hex(s, &n))
		return false;
	if (!minus)
		err_set(err, (enum err_field)row->field, n);
	else if (row->field == E_TEMP || row->field == E_SERIAL)
		err_set(err, (enum err_field)row->field, -n);
	return true;
}

void trace_name(struct err *err, enum err_field field, const char *text, size_t len)
{
	char out[256];
	size_t n = 0;

	for (size_t i = 0; i < len && n < sizeof(out); i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == ' ' || c == '_')
			c = '-';
		/* "Cache Data ECC Error | CRC Threshold Hit": a list */
		if (c == '|' || i + 1 == len) {
			if (c != '|')
				out[n++] = c;
			while (n && out[n - 1] == '-')
				n--;
			if (n > 6 && memcmp(out + n - 6, "-error", 6) == 0)
				n -= 6;
			if (c == '|' && n < sizeof(out))
				out[n++] = ',';
			while (c == '|' && i + 1 < len && text[i + 1] == ' ')
				i++;
			continue;
		}
		out[n++] = c;
	}
	if (n)
		err_text(err, field, out, n);
}

static bool put_word(struct err *err, const struct trace_field_row *row, const struct scan *s)
{
	static struct err scratch;
	const struct err_text *name = &scratch.value[E_NAME].text;
	const char *word;

	err_clear(&scratch);
	trace_name(&scratch, E_NAME, s->p, scan_left(s));
	if (!err_has(&scratch, E_NAME))
		return true;
	word = section_find_word(
		(enum section_words)row->words, scratch.text + name->start, name->len);
	if (!word)
		err_flag(err, FLAG_RESERVED);
	err_word(err, (enum err_field)row->field, word ? word : "unknown");
	return true;
}

size_t trace_bytes(struct scan *s, unsigned char *out, size_t size)
{
	size_t len = 0;
	uint64_t n;

	for (scan_blanks(s); len < size; scan_blanks(s)) {
		struct scan byte = {s->p, s->p + 2};

		if (scan_left(s) < 2 || !scan_hex(&byte, &n) || byte.p != byte.end)
			break;
		out[len++] = (unsigned char)n;
		s->p += 2;
	}
	return len;
}

/* "{0x1,0x2,...}": 16 bytes of two registers; before it was settled so, the registers */
static bool put_vendor_data(struct err *err, struct scan *s)
{
	unsigned char bytes[16];
	uint64_t words[2] = {0}, n;
	size_t count = 0;

	if (!SCAN(s, "{"))
		return false;
	while (scan_hex(s, &n)) {
		if (count < 16)
			bytes[count] = (unsigned char)n;
		if (count < 2)
			words[count] = n;
		count++;
		if (!SCAN(s, ","))
			break;
	}
	s->p = s->end;
	if (count == 16) {
		words[0] = little(bytes, 8);
		words[1] = little(bytes + 8, 8);
	} else if (count != 2) {
		return count == 0;
	}
	err_set(err, E_SYND1, words[0]);
	err_set(err, E_SYND2, words[1]);
	return true;
}

/* 0: the device was not told the time. */
static bool put_nsec(struct err *err, struct scan *s)
{
	uint64_t n;

	if (!scan_dec(s, &n))
		return false;
	if (n) {
		err_set(err, E_T, n / 1000000000);
		err->t_nsec = (uint32_t)(n % 1000000000);
	}
	return true;
}

/* All ones: the address is in no region. */
static bool put_address(struct err *err, struct scan *s)
{
	uint64_t n;

	if (!scan_hex(s, &n))
		return false;
	if (n != UINT64_MAX)
		err_set(err, E_ADDR, n);
	return true;
}

static bool put_length(struct err *err, struct scan *s)
{
	uint64_t n;

	if (!scan_hex(s, &n))
		return false;
	if (n && err_has(err, E_ADDR))
		err_set(err, E_SIZE, n);
	return true;
}

static bool put_severity(struct err *err, struct scan *s)
{
	uint64_t n;

	if (!scan_dec(s, &n))
		return false;
	section_severity(err, trace_ghes_severity(n));
	return true;
}

/* The log of a CXL device that the event was in says how bad it is. */
static bool put_log(struct err *err, const struct scan *s)
{
	static const struct {
		const char *log;
		enum sev sev;
		const char *reason;
	} logs[] = {{"Informational", SEV_INFO, "informational"},
		{"Warning", SEV_CORRECTED, "warning"}, {"Failure", SEV_UNCORRECTED, "failure"},
		{"Fatal", SEV_FATAL, "fatal"}};

	for (size_t i = 0; i < ROWS(logs); i++)
		if (scan_is(s->p, scan_left(s), logs[i].log)) {
			err_set(err, E_SEV, logs[i].sev);
			err_word(err, E_REASON, logs[i].reason);
			return true;
		}
	err_set(err, E_SEV, SEV_UNCORRECTED);
	err_flag(err, FLAG_RESERVED);
	return true;
}

static bool has(const struct scan *s, const char *word)
{
	return memmem(s->p, scan_left(s), word, strlen(word)) != NULL;
}

/* CXL 3.1, table 8-45: without the bit the device has corrected the error. */
static bool put_descriptor(struct err *err, const struct scan *s)
{
	if (has(s, "UNCORRECTABLE_EVENT")) {
		if (err_sev(err) != SEV_FATAL)
			err_set(err, E_SEV, SEV_UNCORRECTED);
	} else if (err_sev(err) == SEV_INFO || err_sev(err) == SEV_UNCORRECTED) {
		err_set(err, E_SEV, SEV_CORRECTED);
	}
	if (has(s, "THRESHOLD_EVENT"))
		err_word(err, E_TRACKING, "threshold");
	return true;
}

static const struct {
	const char *flag;
	enum err_field field;
} valid_flags[] = {{"CHANNEL", E_CHANNEL}, {"RANK", E_RANK}, {"DEVICE", E_DEVICE},
	{"NIBBLE", E_NIBBLES}, {"BANK GROUP", E_BANK_GROUP}, {"BANK", E_DRAM_BANK}, {"ROW", E_ROW},
	{"COLUMN", E_COL}, {"SUB CHANNEL", E_SUB_CHANNEL}};

/* FLAG is one of "CHANNEL|RANK|BANK GROUP". */
static bool is_valid(struct scan s, const char *flag)
{
	const char *text;
	size_t len;

	while (s.p < s.end) {
		scan_until(&s, '|', &text, &len);
		if (scan_is(text, len, flag))
			return true;
	}
	return false;
}

static const struct {
	enum trace_event event;
	const char *assign, *next;
} forms[] = {{EVENT_MCE, ": ", ", "}, {EVENT_ARM, ": ", "; "}, {EVENT_CXL, "=", " "},
	{EVENT_POISON, "=", " "}, {EVENT_AER, "=", " "}};

static bool put_bytes(struct scan *s)
{
	arm_infos_len = trace_bytes(s, arm_infos, sizeof(arm_infos));
	return s->p == s->end;
}

static bool put_value(struct err *err, const struct trace_field_row *row, struct scan *s)
{
	switch ((enum trace_in)row->as) {
	case IN_DEC:
	case IN_HEX:
		return put_number(err, row, s);
	case IN_TEXT:
		/* A port's name comes before that of what it is in. */
		if (scan_left(s) && !err_has(err, (enum err_field)row->field))
			err_text(err, (enum err_field)row->field, s->p, scan_left(s));
		return true;
	case IN_NAME:
		trace_name(err, (enum err_field)row->field, s->p, scan_left(s));
		return true;
	case IN_WORD:
		return put_word(err, row, s);
	case IN_BYTES:
		return put_vendor_data(err, s);
	case IN_NSEC:
		return put_nsec(err, s);
	case IN_ADDRESS:
		return put_address(err, s);
	case IN_LENGTH:
		return put_length(err, s);
	case IN_SEVERITY:
		return put_severity(err, s);
	case IN_LOG:
		return put_log(err, s);
	case IN_DESCRIPTOR:
		return put_descriptor(err, s);
	case IN_ARM_INFOS:
		return put_bytes(s);
	case IN_VALID:
		break;
	}
	for (size_t i = 0; i < ROWS(valid_flags); i++)
		if (!is_valid(*s, valid_flags[i].flag))
			err_drop(err, valid_flags[i].field);
	return true;
}

/* --- Names --- */

static bool is_row(
	const struct trace_field_row *row, enum trace_event event, const char *name, size_t len)
{
	return row->event == event && scan_is(name, len, row->name);
}

static bool put_pair(
	struct err *err, enum trace_event event, const char *name, size_t len, struct scan value)
{
	bool known = false;

	for (size_t i = 0; i < ROWS(trace_field_rows); i++) {
		if (!is_row(&trace_field_rows[i], event, name, len))
			continue;
		/* Numbers of one value: "f000c15/0", "10:<ffffffff81000000>", "0:606a6" */
		while (known && value.p < value.end && strchr("/:<", *value.p))
			value.p++;
		known = true;
		if (!put_value(err, &trace_field_rows[i], &value))
			return false;
	}
	if (event != EVENT_MCE)
		return true;
	SCAN(&value, ">");
	return known && value.p == value.end;
}

/* "MC13: 8c00004200800090"; -1 is a bank that somebody made up. */
static bool put_bank(struct err *err, struct scan name, struct scan value)
{
	uint64_t bank, status;

	if (SCAN(&name, "-1"))
		bank = 255;
	else if (!scan_dec(&name, &bank) || bank > 255)
		return false;
	if (name.p != name.end || !scan_hex(&value, &status) || value.p != value.end)
		return false;
	err_set(err, E_BANK, bank);
	err_set(err, E_STATUS, status);
	return true;
}

/* One value, from S on: in quotes, or up to what parts it from the next. */
static struct scan take_value(struct scan *s, const char *next)
{
	struct scan value;

	if (SCAN(s, "'")) {
		scan_until(s, '\'', &value.p, &(size_t){0});
		value.end = s->p > value.p && s->p[-1] == '\'' ? s->p - 1 : s->p;
		return value;
	}
	value = (struct scan){s->p, s->end};
	if (scan_to_bytes(s, next, strlen(next)))
		value.end = s->p - strlen(next);
	else
		s->p = s->end;
	return value;
}

/* "serial=0: status: 'Cache Data ECC Error'": here a colon is as good as "=". */
static struct scan take_name(struct scan *s, const char *assign)
{
	struct scan name = {s->p, s->end}, colon = *s;

	if (scan_to_bytes(s, assign, strlen(assign)))
		name.end = s->p - strlen(assign);
	else
		s->p = s->end;
	if (*assign == '=' && SCAN_TO(&colon, ": '") && colon.p < s->p) {
		name.end = colon.p - 3;
		s->p = colon.p - 1;
	}
	/* Bytes of the value before are parted by blanks. */
	for (const char *p = name.p; *assign == '=' && p < name.end; p++)
		if (*p == ' ')
			name.p = p + 1;
	return name;
}

bool trace_fields(struct err *err, enum trace_event event, struct scan *s)
{
	const char *assign = forms[event].assign, *next = forms[event].next;

	arm_infos_len = 0;
	while (s->p < s->end) {
		struct scan name, value;

		while (scan_bytes(s, next, strlen(next)) || (event != EVENT_MCE && SCAN(s, ": ")))
			;
		name = take_name(s, assign);
		value = take_value(s, next);
		if (event == EVENT_MCE && scan_left(&name) > 2 && memcmp(name.p, "MC", 2) == 0 &&
			name.p[2] != 'G') {
			name.p += 2;
			if (!put_bank(err, name, value))
				return false;
			continue;
		}
		/* "serial=0:" */
		if (*assign == '=' && scan_left(&value) && value.end[-1] == ':')
			value.end--;
		if (!put_pair(err, event, name.p, scan_left(&name), value))
			return false;
	}
	return true;
}
