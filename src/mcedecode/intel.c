/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intel - banks of Intel's CPUs, and of those who follow the same architecture. */
#include "intel_misc.h"
#include "mca.h"
#include "tables.h"

#include <string.h>

#include "intel_bank.inc"
#include "intel_model.inc"
#include "intel_mscod.inc"

#define MCG_CAP_SER_P (UINT64_C(1) << 24)
#define MCG_CAP_TES_P (UINT64_C(1) << 11)
#define MCG_CAP_EMC_P (UINT64_C(1) << 25)

#define STATUS_FIRMWARE (UINT64_C(1) << 37)

enum {
	MISC_PHYSICAL = 2,
	LSB_MAX = 30,
	SER_UNKNOWN = 2,
	CODE_SHUTDOWN = 0x40c,
	PCU_CONTROLLER = 0x000f, /* bits of a power control unit's code */
};

/* Rows that are one behind the other. */
struct mscod_set {
	const struct intel_mscod_row *row, *end;
};

/* What the tables say of one bank of one CPU. */
struct place {
	uint64_t key;
	const struct intel_model_row *model;
	const struct intel_bank_row *bank;
	const struct intel_misc_row *misc;
	struct mscod_set mscod, shutdown;
};

static const struct intel_model_row *find_model(const struct cpu_id *cpu)
{
	if (cpu->vendor == VENDOR_INTEL)
		for (size_t i = 0; i < ROWS(intel_model_rows); i++)
			if (intel_model_rows[i].family == cpu->family &&
				intel_model_rows[i].model == cpu->model)
				return &intel_model_rows[i];
	return NULL;
}

static const struct intel_bank_row *find_bank(const char *set, uint64_t bank)
{
	for (size_t i = 0; i < ROWS(intel_bank_rows); i++)
		if (strcmp(intel_bank_rows[i].set, set) == 0 && bank >= intel_bank_rows[i].first &&
			bank <= intel_bank_rows[i].last)
			return &intel_bank_rows[i];
	return NULL;
}

static struct mscod_set find_mscod(const char *name)
{
	const struct intel_mscod_row *end = intel_mscod_rows + ROWS(intel_mscod_rows);
	struct mscod_set set = {.row = intel_mscod_rows};

	while (set.row < end && strcmp(set.row->set, name) != 0)
		set.row++;
	for (set.end = set.row; set.end < end && strcmp(set.end->set, name) == 0;)
		set.end++;
	return set;
}

static void find_place(struct place *place, const struct cpu_id *cpu, uint64_t bank)
{
	*place = (struct place){.model = find_model(cpu)};
	if (place->model)
		place->bank = find_bank(place->model->banks, bank);
	if (!place->bank)
		return;
	place->mscod = find_mscod(place->bank->mscod);
	place->shutdown = find_mscod(place->bank->shutdown);
	place->misc = intel_misc_find(place->bank->misc);
}

/* The tables are walked once for a CPU and bank: storms come from few of them. */
static const struct place *look_up(const struct err *err, const struct cpu_id *cpu)
{
	static struct place places[64];
	uint64_t bank = reg(err, E_BANK);
	/* No register has the top bit, so an unused entry is no match. */
	uint64_t key = UINT64_C(1) << 63 | (uint64_t)(cpu->vendor & 255) << 48 |
		       (uint64_t)(cpu->family & 0xfff) << 24 | (cpu->model & 255) << 8 |
		       (bank & 255);
	struct place *place = &places[(bank ^ cpu->model) & 63];

	if (!cpu->known || !err_has(err, E_BANK))
		key = 0;
	if (place->key != key || !key) {
		find_place(place, cpu, key ? bank : UINT64_MAX);
		place->key = key;
	}
	return place;
}

/* --- Is there software error recovery?  MCG_CAP knows; else the model does --- */

static bool recovers(struct err *err, const struct place *place)
{
	uint64_t status = err->value[E_STATUS].n;
	bool ser;

	if (err_has(err, E_MCGCAP) && err->value[E_MCGCAP].n)
		return err->value[E_MCGCAP].n & MCG_CAP_SER_P;
	/* Without it these two bits are model-specific, and no model is known to set them. */
	ser = place->model && place->model->ser != SER_UNKNOWN
		      ? place->model->ser
		      : (status & (STATUS_S | STATUS_AR)) != 0;
	if (status & STATUS_UC && !(status & STATUS_PCC))
		err_flag(err, FLAG_SER_ASSUMED);
	return ser;
}

void intel_judge(struct err *err, const struct cpu_id *cpu)
{
	intel_severity(err, cpu, recovers(err, look_up(err, cpu)));
}

/* --- Which memory the address names --- */

static const char *const modes[8] = {"segment", "linear", "physical", "memory", "unspecified",
	"unspecified", "unspecified", "generic"};

static void put_range(struct err *err, uint64_t addr, unsigned int lsb)
{
	uint64_t size = UINT64_C(1) << lsb;

	if (lsb > LSB_MAX) {
		err_flag(err, FLAG_COARSE);
		return;
	}
	/* A whole range is named by its first byte: what is below the lowest valid bit is noise. */
	err_set(err, E_ADDR, addr & ~(size - 1));
	err_set(err, E_SIZE, size);
}

static void put_address(struct err *err)
{
	uint64_t status = err->value[E_STATUS].n, misc = reg(err, E_MISC);
	unsigned int mode = misc >> 6 & 7;

	if (!(status & STATUS_ADDRV) || !err_has(err, E_ADDR_REG))
		return;
	if (!(status & STATUS_MISCV) || !err_has(err, E_MISC)) {
		err_word(err, E_ADDR_KIND, "unspecified");
		return;
	}
	err_word(err, E_ADDR_KIND, modes[mode]);
	if (mode == MISC_PHYSICAL)
		put_range(err, err->value[E_ADDR_REG].n, misc & 63);
}

/* --- Model-specific codes and places --- */

static void put_rows(struct err *err, const struct mscod_set *set, unsigned int code)
{
	for (const struct intel_mscod_row *row = set->row; row < set->end; row++)
		if ((code & row->mask) == row->value)
			err_add(err, E_TEXT, row->text, strlen(row->text));
}

/* Of a shutdown the bits tell why, and not what the microcontroller met. */
static void put_mscod(struct err *err, const struct place *place)
{
	unsigned int code = (unsigned int)err->value[E_MSCOD].n;
	bool shutdown = place->shutdown.row < place->shutdown.end &&
			err->value[E_MCACOD].n == CODE_SHUTDOWN;

	if (shutdown)
		put_rows(err, &place->shutdown, code);
	put_rows(err, &place->mscod, shutdown ? code & ~PCU_CONTROLLER : code);
}

/* Mirroring corrected the error: by the other channel alone, or the first was mended as well. */
static void put_mirror(struct err *err, const struct intel_bank_row *bank)
{
	uint64_t misc = reg(err, E_MISC);

	if (bank->failover == bank->scrubbed || !(err->value[E_STATUS].n & STATUS_MISCV) ||
		err->value[E_CLASS].n != CLASS_MEMORY || err->value[E_STATUS].n & STATUS_UC)
		return;
	if (misc >> bank->failover & 1)
		err_word(err, E_MIRROR, "failover");
	else if (misc >> bank->scrubbed & 1)
		err_word(err, E_MIRROR, "scrubbed");
}

/* Where each bank is one channel, the bank's number tells more than the code's channel. */
static void put_channel(struct err *err, const struct intel_bank_row *bank)
{
	if (bank->chan == UINT64_MAX || err->value[E_CLASS].n != CLASS_MEMORY)
		return;
	if (err_has(err, E_CHANNEL))
		err_set(err, E_CHANNEL_MCA, err->value[E_CHANNEL].n);
	err_set(err, E_CHANNEL, bank->chan + reg(err, E_BANK) - bank->first);
	err_source(err, SOURCE_BANK);
}

static void put_place(struct err *err, const struct place *place)
{
	if (!place->bank)
		return;
	err_word(err, E_UNIT, place->bank->unit);
	put_mscod(err, place);
	put_mirror(err, place->bank);
	put_channel(err, place->bank);
	if (place->misc)
		intel_misc_put(err, place->misc);
}

/*
 * How often, and whether the CPU finds that too often.  S and AR, which are sticky, speak of
 * uncorrected recoverable errors only (SDM vol. 3B, 15.6.2): of others they say nothing.
 */
static void put_counts(struct err *err)
{
	static const char *const tracking[4] = {NULL, "green", "yellow", "reserved"};
	uint64_t status = err->value[E_STATUS].n;
	unsigned int light = status >> 53 & 3;

	if (status & STATUS_UC)
		return;
	if (status >> 38 & 0x7fff)
		err_set(err, E_COUNT, status >> 38 & 0x7fff);
	if (tracking[light] && (!err_has(err, E_MCGCAP) || err->value[E_MCGCAP].n & MCG_CAP_TES_P))
		err_word(err, E_TRACKING, tracking[light]);
}

void intel_decode(struct err *err, const struct cpu_id *cpu)
{
	const struct place *place = look_up(err, cpu);

	mca_code(err, false);
	intel_judge(err, cpu);
	put_counts(err);
	if (reg(err, E_MCGCAP) & MCG_CAP_EMC_P && err->value[E_STATUS].n & STATUS_FIRMWARE)
		err_flag(err, FLAG_FIRMWARE);
	put_address(err);
	put_place(err, place);
}
