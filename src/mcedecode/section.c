/* SPDX-License-Identifier: GPL-2.0-or-later */
/* section - what the tables of sections say. */
#include "section.h"
#include "binary.h"
#include "tables.h"

#include <stdio.h>
#include <string.h>

enum { ALWAYS = 255 };

enum section_as { AS_NUMBER, AS_SIGNED, AS_WORD, AS_TEXT, AS_LIST, AS_STRING };

#include "cper_field.inc"
#include "cper_section.inc"
#include "cper_word.inc"

void section_guid(char out[GUID_TEXT + 1], const unsigned char *g)
{
	/* The first three parts lie in memory as little-endian numbers. */
	snprintf(out, GUID_TEXT + 1, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		(unsigned int)little(g, 4), (unsigned int)little(g + 4, 2),
		(unsigned int)little(g + 6, 2), g[8], g[9], g[10], g[11], g[12], g[13], g[14],
		g[15]);
}

enum section_kind section_of(const unsigned char *guid)
{
	char text[GUID_TEXT + 1];

	section_guid(text, guid);
	for (size_t i = 0; i < ROWS(cper_section_rows); i++)
		if (strcmp(cper_section_rows[i].guid, text) == 0)
			return (enum section_kind)cper_section_rows[i].section;
	return SECTION_UNKNOWN;
}

/* --- Words --- */

const char *section_word(enum section_words words, uint64_t value)
{
	for (size_t i = 0; i < ROWS(cper_word_rows); i++)
		if (cper_word_rows[i].words == words && cper_word_rows[i].value == value)
			return cper_word_rows[i].word;
	return NULL;
}

const char *section_find_word(enum section_words words, const char *word, size_t len)
{
	for (size_t i = 0; i < ROWS(cper_word_rows); i++)
		if (cper_word_rows[i].words == words && strlen(cper_word_rows[i].word) == len &&
			memcmp(cper_word_rows[i].word, word, len) == 0)
			return cper_word_rows[i].word;
	return NULL;
}

/* The word of a bit, or its number. */
static size_t name_bit(struct err *err, enum section_words words, unsigned int bit, char out[64])
{
	const char *word = section_word(words, bit);

	if (!word)
		err_flag(err, FLAG_RESERVED);
	return (size_t)(word ? snprintf(out, 64, "%s", word) : snprintf(out, 64, "bit%u", bit));
}

void section_list(struct err *err, enum err_field field, enum section_words words, uint64_t bits)
{
	char text[ERR_TEXT_MAX], word[64];
	size_t len = 0;

	for (unsigned int bit = 0; bit < 64; bit++) {
		size_t n = bits >> bit & 1 ? name_bit(err, words, bit, word) : 0;

		if (!n || len + n + 1 > sizeof(text))
			continue;
		if (len)
			text[len++] = ',';
		memcpy(text + len, word, n);
		len += n;
	}
	if (len)
		err_text(err, field, text, len);
}

/* --- Fields --- */

static void put_word(struct err *err, const struct cper_field_row *row, uint64_t n)
{
	const char *word = section_word((enum section_words)row->words, n);

	if (!word)
		err_flag(err, FLAG_RESERVED);
	if (row->as == AS_WORD)
		err_word(err, (enum err_field)row->field, word ? word : "unknown");
	else if (word)
		err_text(err, (enum err_field)row->field, word, strlen(word));
}

static uint64_t extend_sign(uint64_t n, uint64_t bytes)
{
	uint64_t sign = UINT64_C(1) << (bytes * 8 - 1) % 64;

	return (n ^ sign) - sign;
}

static void put_number(struct err *err, const struct cper_field_row *row, uint64_t n)
{
	err_set(err, (enum err_field)row->field,
		row->as == AS_SIGNED ? extend_sign(n, row->size) : n);
}

static void put_field(struct err *err, const struct cper_field_row *row, const unsigned char *p)
{
	const char *string = (const char *)p + row->offset;
	uint64_t n;

	if (row->as == AS_STRING) {
		size_t len = strnlen(string, row->size);

		if (len)
			err_text(err, (enum err_field)row->field, string, len);
		return;
	}
	n = little(p + row->offset, row->size);
	if (row->bits[0].count)
		n = bits_gather(n, row->bits);
	/* Addresses of CXL devices: the low bits are flags, not part of the number. */
	if (row->field == E_DPA)
		n <<= row->bits[0].first;
	if (row->as == AS_LIST)
		section_list(err, (enum err_field)row->field, (enum section_words)row->words, n);
	else if (row->as == AS_WORD || row->as == AS_TEXT)
		put_word(err, row, n);
	else
		put_number(err, row, n);
}

static const struct cper_section_row *row_of(enum section_kind kind)
{
	for (size_t i = 0; i < ROWS(cper_section_rows); i++)
		if (cper_section_rows[i].section == kind)
			return &cper_section_rows[i];
	return NULL;
}

bool section_fields(struct err *err, enum section_kind kind, const unsigned char *p, size_t len)
{
	const struct cper_section_row *section = row_of(kind);
	uint64_t valid;

	if (!section)
		return false;
	if (section->class != CLASS_ANY)
		err_set(err, E_CLASS, section->class);
	if (len < section->min)
		return false;
	valid = section->width ? little(p + section->valid, section->width) : 0;
	for (size_t i = 0; i < ROWS(cper_field_rows); i++) {
		const struct cper_field_row *row = &cper_field_rows[i];

		if (row->section == kind && (row->valid == ALWAYS || valid >> row->valid & 1) &&
			row->offset + row->size <= len)
			put_field(err, row, p);
	}
	if (*section->text && !err_has(err, E_TEXT))
		err_text(err, E_TEXT, section->text, strlen(section->text));
	return true;
}
