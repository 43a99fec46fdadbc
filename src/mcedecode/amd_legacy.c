/* SPDX-License-Identifier: GPL-2.0-or-later */
/* amd_legacy - banks of AMD's CPUs before scalable MCA: each family's have fixed numbers. */
#include "amd.h"
#include "tables.h"

#include <string.h>

#include "amd_bank.inc"
#include "amd_legacy.inc"
#include "amd_nb.inc"

enum { NB_DRAM_ECC = 0, NB_DRAM_ECC_SYNC = 8 };

void amd_put_text(struct err *err, const char *text)
{
	err_text(err, E_TEXT, text, strlen(text));
}

void amd_put_unknown_xec(struct err *err, unsigned int xec)
{
	char text[] = "unknown extended error code 00";

	text[sizeof(text) - 3] = (char)('0' + xec / 10);
	text[sizeof(text) - 2] = (char)('0' + xec % 10);
	amd_put_text(err, text);
	err_flag(err, FLAG_RESERVED);
}

static const struct amd_bank_row *find_bank(const struct err *err, const struct cpu_id *cpu)
{
	for (size_t i = 0; cpu->known && err_has(err, E_BANK) && i < ROWS(amd_bank_rows); i++) {
		const struct amd_bank_row *row = &amd_bank_rows[i];

		if (row->bank == err->value[E_BANK].n && cpu->family >= row->low &&
			cpu->family <= row->high)
			return row;
	}
	return NULL;
}

static void put_nb(struct err *err, const struct cpu_id *cpu, unsigned int xec)
{
	for (size_t i = 0; i < ROWS(amd_nb_rows); i++) {
		const struct amd_nb_row *row = &amd_nb_rows[i];

		if (row->xec != xec || cpu->family < row->low || cpu->family > row->high)
			continue;
		err_set(err, E_CLASS, row->class);
		amd_put_text(err, row->text);
		return;
	}
	amd_put_unknown_xec(err, xec);
}

/* A northbridge's DRAM address is a system address; its syndrome is in two pieces. */
static void put_nb_dram(struct err *err)
{
	uint64_t status = err->value[E_STATUS].n;

	err_set(err, E_SYNDROME, (status >> 24 & 0xff) << 8 | (status >> 47 & 0xff));
	if (!(status & STATUS_ADDRV) || !err_has(err, E_ADDR_REG))
		return;
	err_word(err, E_ADDR_KIND, "physical");
	err_set(err, E_ADDR, err->value[E_ADDR_REG].n & ~UINT64_C(7));
	err_set(err, E_SIZE, 8);
}

/* Banks other than the northbridge; families that the table leaves out have their numbers. */
static void put_core(struct err *err, const struct cpu_id *cpu, unsigned int xec)
{
	unsigned int code = (unsigned int)(err->value[E_STATUS].n & 0xffff);
	bool covered = false;

	for (size_t i = 0; i < ROWS(amd_legacy_rows); i++) {
		const struct amd_legacy_row *row = &amd_legacy_rows[i];

		if (row->bank != err->value[E_BANK].n || cpu->family < row->low ||
			cpu->family > row->high)
			continue;
		covered = true;
		if ((xec & row->xec_mask) != row->xec || (code & row->code_mask) != row->code)
			continue;
		amd_put_text(err, row->text);
		return;
	}
	if (covered)
		amd_put_unknown_xec(err, xec);
}

void amd_put_legacy(struct err *err, const struct cpu_id *cpu)
{
	const struct amd_bank_row *bank = find_bank(err, cpu);
	uint64_t status = err->value[E_STATUS].n;

	if (status & STATUS_ADDRV && err_has(err, E_ADDR_REG))
		err_word(err, E_ADDR_KIND, "unspecified");
	if (!bank)
		return;

	unsigned int xec = (unsigned int)(status >> 16 & bank->xmask);

	err_word(err, E_UNIT, bank->unit);
	err_set(err, E_XEC, xec);
	if (bank->bank != AMD_NB_BANK) {
		put_core(err, cpu, xec);
		return;
	}
	put_nb(err, cpu, xec);
	if (xec == NB_DRAM_ECC || xec == NB_DRAM_ECC_SYNC)
		put_nb_dram(err);
}
