/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "intel_misc.h"
#include "mca.h"
#include "tables.h"

#include <string.h>

#include "intel_ecc.inc"
#include "intel_misc.inc"

const struct intel_misc_row *intel_misc_find(const char *set)
{
	for (size_t i = 0; i < ROWS(intel_misc_rows); i++)
		if (strcmp(intel_misc_rows[i].set, set) == 0)
			return &intel_misc_rows[i];
	return NULL;
}

static void put_part(
	struct err *err, enum err_field field, uint64_t misc, const struct bit_run run[3])
{
	if (run[0].count)
		err_set(err, field, bits_gather(misc, run));
}

static void put_eccmode(struct err *err, const struct intel_misc_row *row, uint64_t misc)
{
	uint64_t code = bits_gather(misc, row->eccmode);

	for (size_t i = 0; i < ROWS(intel_ecc_rows); i++)
		if (strcmp(intel_ecc_rows[i].set, row->set) == 0 && intel_ecc_rows[i].code == code)
			err_word(err, E_ECCMODE, intel_ecc_rows[i].mode);
}

/* Bit 63 of the newer layouts: the error was transient, and the device means nothing. */
static bool device_is_valid(const struct err *err, uint64_t misc)
{
	return !(misc >> 63) && !(err->value[E_STATUS].n & STATUS_UC);
}

/* A Granite Rapids says in bit 33 that MISC has the layout, and has some codes without one. */
static bool has_layout(const struct err *err, const struct intel_misc_row *row)
{
	uint64_t status = err->value[E_STATUS].n, mscod = err->value[E_MSCOD].n;

	if (!(status & STATUS_MISCV) || !err_has(err, E_MISC) ||
		err->value[E_CLASS].n != CLASS_MEMORY)
		return false;
	if (strcmp(row->set, "gnr") == 0)
		return status >> 33 & 1 && !(mscod >= 0x800 && mscod <= 0x82f);
	return true;
}

void intel_misc_put(struct err *err, const struct intel_misc_row *row)
{
	uint64_t misc = reg(err, E_MISC);

	if (!has_layout(err, row))
		return;
	put_part(err, E_ROW, misc, row->row);
	put_part(err, E_BANK_GROUP, misc, row->bank_group);
	put_part(err, E_DRAM_BANK, misc, row->dram_bank);
	put_part(err, E_RANK, misc, row->rank);
	put_part(err, E_SUBRANK, misc, row->subrank);
	put_part(err, E_CSROW, misc, row->chip_select);
	put_part(err, E_SLOT, misc, row->dimm);
	put_part(err, E_CHANNEL, misc, row->channel);
	put_part(err, E_SYNDROME, misc, row->syndrome);
	if (row->col[0].count)
		err_set(err, E_COL, bits_gather(misc, row->col) << 2);
	if (device_is_valid(err, misc))
		put_part(err, E_DEVICE, misc, row->device);
	if (row->eccmode[0].count)
		put_eccmode(err, row, misc);
	err_source(err, SOURCE_MISC);
}
