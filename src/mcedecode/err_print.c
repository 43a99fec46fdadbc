/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record of an error.  What rec_put_*() would do, but for keys that are known to be
 * keys and a line that is known to be long enough: most of the program's time goes here.
 */
#include "err_field.h"
#include "digits.h"
#include "escape.h"
#include "rec.h"
#include "tables.h"

#include <string.h>

static const char *const flag_words[] = {"truncated", "interleaved", "synthetic", "no_cpuid",
	"reserved", "impossible", "ser_assumed", "no_context", "coarse", "firmware", "no_stepping",
	"local_time", "imprecise", "ambiguous", "no_severity"};

static const char *const source_words[] = {
	"mcacod", "bank", "misc", "ipid", "synd", "edac", "cper", "text", "smbios"};

static const char *const origin_words[] = {"mce", "mce_record", "amd", "edac", "mc_event", "apei",
	"memory-failure", "memory_failure_event", "aer", "aer_event", "mce_copy", "mce_record_copy",
	"user-access"};

/*
 * A word is constant (err_word()), so that its length is counted once: from then on it is
 * copied with two moves of 16 bytes instead of a loop whose end no processor foresees.
 */
enum { WORD_MAX = 32, KNOWN_WORDS = 128 };

static char *put_word(char *p, const char *word)
{
	static struct {
		const char *word;
		size_t len;
		char bytes[WORD_MAX];
	} known[KNOWN_WORDS];
	/* Fibonacci hashing: the top bits of the product depend on all bits of the address. */
	size_t i = (uintptr_t)word * UINT64_C(0x9e3779b97f4a7c15) >> 57;

	if (known[i].word != word) {
		size_t len = strlen(word);

		if (len > WORD_MAX)
			return mempcpy(p, word, len);
		known[i].word = word;
		known[i].len = len;
		memcpy(known[i].bytes, word, len);
	}
	memcpy(p, known[i].bytes, WORD_MAX);
	return p + known[i].len;
}

static char *put_bits(char *p, uint64_t bits, const char *const words[], size_t n)
{
	const char *start = p;

	for (size_t i = 0; i < n; i++) {
		if (!(bits >> i & 1))
			continue;
		if (p != start)
			*p++ = ',';
		p = put_word(p, words[i]);
	}
	return p;
}

static char *put_numbers(char *p, uint64_t bits)
{
	const char *start = p;

	for (; bits; bits &= bits - 1) {
		if (p != start)
			*p++ = ',';
		p = digits_dec(p, (unsigned int)__builtin_ctzll(bits));
	}
	return p;
}

/* The value behind the key at START. */
static char *put_value(char *start, const char *end, const struct err *err, int field)
{
	uint64_t n = err->value[field].n;
	char *p = start + err_fields[field].key_len;

	switch (err_fields[field].kind) {
	case KIND_DEC:
		return digits_dec(p, n);
	case KIND_SIGNED:
		if (n >> 63)
			*p++ = '-';
		return digits_dec(p, n >> 63 ? -n : n);
	case KIND_REG:
		return digits_register(p, n);
	case KIND_CODE:
		return digits_code(p, n);
	case KIND_WORD:
		return put_word(p, err->value[field].word);
	case KIND_SEV:
		return put_word(p, sev_words[n]);
	case KIND_CLASS:
		return put_word(p, class_words[n]);
	case KIND_TIME:
		/* Firmware and logs hold any number: a year that no record can write is none. */
		return n > DIGITS_TIME_LAST ? start : digits_time(p, (int64_t)n, err->t_nsec);
	case KIND_FLAGS:
		return put_bits(p, n, flag_words, ROWS(flag_words));
	case KIND_LOCATION:
		return put_bits(p, n, source_words, ROWS(source_words));
	case KIND_BITS:
		return put_numbers(p, n);
	case KIND_ORIGINS:
		return put_bits(p, n, origin_words, ROWS(origin_words));
	default:
		return escape_put(p, end, err->text + err->value[field].text.start,
			err->value[field].text.len);
	}
}

/* The fields that are shown, as bits; told once, not for each field of each record. */
static uint64_t shown(unsigned int word, bool raw)
{
	static uint64_t always[ERR_WORDS];

	if (!always[0])
		for (int i = 0; i < ERR_FIELDS; i++)
			if (!(err_fields[i].use & USE_RAW))
				always[i >> 6] |= UINT64_C(1) << (i & 63);
	return raw ? UINT64_MAX : always[word];
}

int err_print(const struct err *err, bool raw, FILE *out)
{
	/* Room for one more key and any value but a text behind END. */
	static char line[REC_LINE_MAX + 256];
	const char *end = line + REC_LINE_MAX - 256;
	unsigned int room = REC_KEYS_MAX;
	char *p = put_word(line, "err");

	for (unsigned int i = 0; i < ERR_WORDS; i++)
		for (uint64_t left = err->has[i] & shown(i, raw); left && p < end && room;
			left &= left - 1, room--) {
			int field = (int)i * 64 + __builtin_ctzll(left);

			memcpy(p, err_fields[field].key, ERR_KEY_MAX);
			p = put_value(p, end, err, field);
		}
	*p++ = '\n';

	size_t len = (size_t)(p - line);

	return fwrite_unlocked(line, 1, len, out) == len ? 0 : -1;
}
