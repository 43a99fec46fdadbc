/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace_value.h"
#include "binary.h"
#include "tables.h"
#include "trace_field.h"

static unsigned char arm_infos[1 << 13];
static size_t arm_infos_len;

size_t trace_arm_infos(const unsigned char **infos)
{
	*infos = arm_infos;
	return arm_infos_len;
}

void trace_forget_infos(void)
{
	arm_infos_len = 0;
}

uint64_t trace_ghes_severity(uint64_t n)
{
	/* None, corrected, recoverable, panic (ghes_severity() of the kernel). */
	static const uint8_t severities[] = {3, 2, 0, 1};

	return n < ROWS(severities) ? severities[n] : UINT64_MAX;
}

/* "-1" is what prints of a number that is not known. */
static bool put_number(struct err *err, struct trace_form form, struct scan *s)
{
	uint64_t n;
	bool minus = form.as == IN_DEC && SCAN(s, "-");

	if (form.as == IN_DEC ? !scan_dec(s, &n) : !scan_hex(s, &n))
		return false;
	if (!minus)
		err_set(err, form.field, n);
	else if (form.field == E_TEMP || form.field == E_SERIAL)
		err_set(err, form.field, -n);
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

static bool put_word(struct err *err, struct trace_form form, const struct scan *s)
{
	static struct err scratch;
	const struct err_text *name = &scratch.value[E_NAME].text;
	const char *word;

	err_clear(&scratch);
	trace_name(&scratch, E_NAME, s->p, scan_left(s));
	if (!err_has(&scratch, E_NAME))
		return true;
	word = section_find_word(form.words, scratch.text + name->start, name->len);
	if (!word)
		err_flag(err, FLAG_RESERVED);
	err_word(err, form.field, word ? word : "unknown");
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

static bool put_bytes(struct scan *s)
{
	arm_infos_len = trace_bytes(s, arm_infos, sizeof(arm_infos));
	return s->p == s->end;
}

bool trace_value(struct err *err, struct trace_form form, struct scan *s)
{
	switch (form.as) {
	case IN_DEC:
	case IN_HEX:
		return put_number(err, form, s);
	case IN_TEXT:
		/* A port's name comes before that of what it is in. */
		if (scan_left(s) && !err_has(err, form.field))
			err_text(err, form.field, s->p, scan_left(s));
		return true;
	case IN_NAME:
		trace_name(err, form.field, s->p, scan_left(s));
		return true;
	case IN_WORD:
		return put_word(err, form, s);
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
