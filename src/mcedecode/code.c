/* SPDX-License-Identifier: GPL-2.0-or-later */
/* code - the architectural error code, bits 15:0 of MCi_STATUS. */
#include "mca.h"
#include "tables.h"

#include <string.h>

enum {
	FORM_SIMPLE,
	FORM_IO,
	FORM_GENERIC_CACHE,
	FORM_TLB,
	FORM_MEMORY,
	FORM_EXTENDED,
	FORM_CACHE,
	FORM_BUS,
	FORM_UU,
};

#include "mcacod.inc"

/* The words of a field and what the manual's mnemonic calls them; NULL where none is defined. */
struct field_words {
	const char *word, *mnemonic;
};

static const struct field_words tt[4] = {
	{"instruction", "I"}, {"data", "D"}, {"generic", "G"}, {NULL, NULL}};
static const struct field_words intel_ll[4] = {
	{"l0", "L0"}, {"l1", "L1"}, {"l2", "L2"}, {"generic", "LG"}};
static const struct field_words amd_ll[4] = {
	{"reserved", NULL}, {"l1", NULL}, {"l2", NULL}, {"l3-generic", NULL}};
static const struct field_words rrrr[16] = {{"generic", "ERR"}, {"read", "RD"}, {"write", "WR"},
	{"data-read", "DRD"}, {"data-write", "DWR"}, {"fetch", "IRD"}, {"prefetch", "PREFETCH"},
	{"eviction", "EVICT"}, {"snoop", "SNOOP"}};
static const struct field_words mmm[8] = {{"generic", "GEN"}, {"read", "RD"}, {"write", "WR"},
	{"address-command", "AC"}, {"scrub", "MS"}};
static const struct field_words pp[4] = {
	{"source", "SRC"}, {"responder", "RES"}, {"observer", "OBS"}, {"generic", "G"}};
static const struct field_words intel_ii[4] = {
	{"memory", "M"}, {NULL, NULL}, {"io", "IO"}, {"other", "OTHER"}};
static const struct field_words amd_ii[4] = {
	{"memory", NULL}, {NULL, NULL}, {"io", NULL}, {"generic", NULL}};

/* Set FIELD to the word of a code's bits; one the manual does not define is said to be unknown. */
static const char *put_word(
	struct err *err, enum err_field field, const struct field_words *words, unsigned int n)
{
	if (!words[n].word) {
		err_word(err, field, "unknown");
		err_flag(err, FLAG_RESERVED);
		return "unknown";
	}
	err_word(err, field, words[n].word);
	return words[n].mnemonic;
}

/* E_NAME from parts, up to a NULL. */
static void put_name(struct err *err, const char *const *part)
{
	char name[64];
	size_t len = 0;

	for (; *part; part++)
		for (const char *p = *part; *p; p++)
			name[len++] = *p;
	err_text(err, E_NAME, name, len);
}

static void decode_tlb(struct err *err, unsigned int code, bool amd)
{
	const char *type = put_word(err, E_TX, tt, code >> 2 & 3);
	const char *level = put_word(err, E_LEVEL, amd ? amd_ll : intel_ll, code & 3);

	if (!amd)
		put_name(err, (const char *[]){type, "TLB", level, "_ERR", NULL});
}

static void decode_cache(struct err *err, unsigned int code, bool amd)
{
	const char *op = put_word(err, E_OP, rrrr, code >> 4 & 15);
	const char *type = put_word(err, E_TX, tt, code >> 2 & 3);
	const char *level = put_word(err, E_LEVEL, amd ? amd_ll : intel_ll, code & 3);

	if (!amd)
		put_name(err, (const char *[]){type, "CACHE", level, "_", op, "_ERR", NULL});
}

static void decode_memory(struct err *err, unsigned int code)
{
	static const char *const numbers[16] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
		"10", "11", "12", "13", "14", "unspecified"};
	unsigned int channel = code & 15;
	const char *op = put_word(err, E_OP, mmm, code >> 4 & 7);

	if (channel != 15) {
		err_set(err, E_CHANNEL, channel);
		err_source(err, SOURCE_MCACOD);
	}
	put_name(err, (const char *[]){op, "_CHANNEL", numbers[channel], "_ERR", NULL});
}

static void decode_bus(struct err *err, unsigned int code, bool amd)
{
	const char *who = put_word(err, E_PP, pp, code >> 9 & 3);
	const char *op = put_word(err, E_OP, rrrr, code >> 4 & 15);
	const char *space = put_word(err, E_II, amd ? amd_ii : intel_ii, code >> 2 & 3);
	const char *level = put_word(err, E_LEVEL, amd ? amd_ll : intel_ll, code & 3);
	bool timeout = code >> 8 & 1;

	if (timeout)
		err_set(err, E_TIMEOUT, 1);
	if (!amd)
		put_name(err, (const char *[]){"BUS", level, "_", who, "_", op, "_", space, "_",
				      timeout ? "TIMEOUT" : "NOTIMEOUT", "_ERR", NULL});
}

/* The requester of an I/O error is in MCi_MISC: segment and bus, device, function. */
static void decode_io(struct err *err)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t misc = reg(err, E_MISC);
	unsigned int rid = misc >> 16 & 0xffff, segment = misc >> 32 & 0xff;
	char bdf[] = {'0', '0', hex[segment >> 4], hex[segment & 15], ':', hex[rid >> 12],
		hex[rid >> 8 & 15], ':', hex[rid >> 7 & 1], hex[rid >> 3 & 15], '.', hex[rid & 7]};

	err_word(err, E_II, "io");
	if (err->value[E_STATUS].n & STATUS_MISCV && err_has(err, E_MISC))
		err_text(err, E_BDF, bdf, sizeof(bdf));
}

/* AMD's internal errors: of the four types one is defined. */
static void decode_uu(struct err *err, unsigned int code)
{
	if ((code >> 8 & 3) == 2) {
		err_word(err, E_OP, "hardware-assertion");
		return;
	}
	err_word(err, E_OP, "unknown");
	err_flag(err, FLAG_RESERVED);
}

static void decode_form(struct err *err, const struct mcacod_row *row, unsigned int code)
{
	bool amd = row->vendor == VENDOR_AMD;

	switch (row->form) {
	case FORM_GENERIC_CACHE:
		put_word(err, E_LEVEL, intel_ll, code & 3);
		break;
	case FORM_TLB:
		decode_tlb(err, code, amd);
		break;
	case FORM_CACHE:
		decode_cache(err, code, amd);
		break;
	case FORM_MEMORY:
	case FORM_EXTENDED:
		decode_memory(err, code);
		break;
	case FORM_BUS:
		decode_bus(err, code, amd);
		break;
	case FORM_IO:
		decode_io(err);
		break;
	case FORM_UU:
		decode_uu(err, code);
		break;
	}
	/* Bit 12 belongs to compound codes only, and only Intel has it. */
	if (!amd && row->form >= FORM_GENERIC_CACHE && code & 0x1000)
		err_set(err, E_FILTERED, 1);
}

static const struct mcacod_row *find_row(unsigned int code, bool amd)
{
	const struct mcacod_row *end = mcacod_rows + ROWS(mcacod_rows);

	for (const struct mcacod_row *row = mcacod_rows; row < end; row++)
		if ((code & row->code_mask) == row->code && (row->vendor == VENDOR_AMD) == amd)
			return row;
	return NULL;
}

/* Storms are of few codes: the table is walked once for each of the last. */
static const struct mcacod_row *look_up(unsigned int code, bool amd)
{
	static struct {
		unsigned int key; /* the code, whose vendor, and that the entry is used */
		const struct mcacod_row *row;
	} known[64];
	unsigned int key = code | (unsigned int)amd << 16 | 1u << 17, i = code & 63;

	if (known[i].key != key) {
		known[i].row = find_row(code, amd);
		known[i].key = key;
	}
	return known[i].row;
}

void mca_code(struct err *err, bool amd)
{
	unsigned int code = err->value[E_STATUS].n & 0xffff;
	const struct mcacod_row *row = look_up(code, amd);

	if (!row) {
		err_set(err, E_CLASS, CLASS_UNKNOWN);
		err_flag(err, FLAG_RESERVED);
		return;
	}
	err_set(err, E_CLASS, row->class);
	decode_form(err, row, code);
	if (row->text[0])
		err_text(err, E_TEXT, row->text, strlen(row->text));
}
