/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "edac_pair.h"
#include "tables.h"

struct key {
	const char *name;
	uint8_t len, field;
};

#define KEY(name, field)                      \
	{                                     \
		name, sizeof(name) - 1, field \
	}

/* The names in the parentheses: of the core, of the skx and i10nm drivers, of ADXL. */
static const struct key keys[] = {
	KEY("channel", E_CHANNEL),
	KEY("slot", E_SLOT),
	KEY("csrow", E_CSROW),
	KEY("row", E_ROW),
	KEY("syndrome", E_SYNDROME),
	KEY("socket", E_SOCKET),
	KEY("rank", E_RANK),
	KEY("dimm", E_SLOT),
	KEY("bg", E_BANK_GROUP),
	KEY("bank_group", E_BANK_GROUP),
	KEY("ba", E_DRAM_BANK),
	KEY("bank", E_DRAM_BANK),
	KEY("bank_address", E_DRAM_BANK),
	KEY("col", E_COL),
	KEY("column", E_COL),
	KEY("ProcessorSocketId", E_SOCKET),
	KEY("ChannelId", E_CHANNEL),
	KEY("DimmSlotId", E_SLOT),
	KEY("PhysicalRankId", E_RANK),
	KEY("Row", E_ROW),
	KEY("Column", E_COL),
	KEY("Bank", E_DRAM_BANK),
	KEY("BankGroup", E_BANK_GROUP),
	KEY("ChipSelect", E_CSROW),
	KEY("ChipId", E_CHIP),
	KEY("card", E_CARD),
	KEY("module", E_MODULE),
	KEY("node", E_NODE),
	KEY("device", E_DEVICE),
	KEY("bit_position", E_BIT),
	KEY("chip_id", E_CHIP),
};

static void put_key(struct err *err, const struct key *key, struct scan value)
{
	uint64_t n;

	if (!scan_number(&value, &n))
		return;
	/* Drivers that know of no syndrome print one of 0. */
	if (key->field == E_SYNDROME && n == 0)
		return;
	/* The location comes first; what a driver adds about the same does not overrule it. */
	if (!err_has(err, (enum err_field)key->field))
		err_set(err, (enum err_field)key->field, n);
}

static void put_code(struct err *err, struct edac_details *d, struct scan value)
{
	struct scan both = value;

	if (!scan_hex(&value, &d->key.mscod) || !SCAN(&value, ":") ||
		!scan_hex(&value, &d->key.mcacod))
		return;
	d->key.has_code = true;
	err_text(err, E_EDAC_CODE, both.p, (size_t)(value.p - both.p));
}

void edac_pair(
	struct err *err, struct edac_details *d, const char *name, size_t len, struct scan value)
{
	if (scan_is(name, len, "page"))
		scan_hex(&value, &d->key.page);
	else if (scan_is(name, len, "offset"))
		scan_hex(&value, &d->offset);
	else if (scan_is(name, len, "grain"))
		scan_number(&value, &d->grain);
	else if (scan_is(name, len, "err_code"))
		put_code(err, d, value);
	else
		for (size_t i = 0; i < ROWS(keys); i++)
			if (keys[i].len == len && memcmp(keys[i].name, name, len) == 0)
				put_key(err, &keys[i], value);
}

void edac_pairs(struct scan *s, struct err *err, struct edac_details *d)
{
	const char *word, *colon;
	size_t len;

	for (;;) {
		scan_blanks(s);
		if (!scan_word(s, &word, &len))
			return;
		colon = memchr(word, ':', len);
		if (colon)
			edac_pair(err, d, word, (size_t)(colon - word),
				(struct scan){colon + 1, word + len});
	}
}
