/* SPDX-License-Identifier: GPL-2.0-or-later */
/* amd - banks of AMD's and Hygon's CPUs: scalable MCA; what was before is in amd_legacy.c. */
#include "amd.h"
#include "mca.h"
#include "tables.h"

#include <endian.h>
#include <string.h>

#include "amd_smca.inc"
#include "amd_xec.inc"

enum { FRU_MIN = 4 }; /* fewer letters may be a number by chance */

/* --- Scalable MCA: the bank says what it is in MCA_IPID --- */

/* Sets of codes that some models have replaced. */
static const struct {
	const char *set, *instead;
	unsigned int family, low, high; /* models */
} replaced[] = {
	{"umc", "umc-mi", 0x19, 0x90, 0x9f},
	{"umc", "umc-1a", 0x1a, 0x00, 0xff},
	{"cs2", "cs2-genoa", 0x19, 0x10, 0x1f},
	{"cs2", "cs2-genoa", 0x19, 0x60, 0x7b},
	{"cs2", "cs2-genoa", 0x19, 0xa0, 0xaf},
};

static const char *set_for(const char *set, const struct cpu_id *cpu)
{
	for (size_t i = 0; i < ROWS(replaced); i++)
		if (cpu->known && cpu->family == replaced[i].family &&
			cpu->model >= replaced[i].low && cpu->model <= replaced[i].high &&
			strcmp(set, replaced[i].set) == 0)
			return replaced[i].instead;
	return set;
}

static void put_xec(struct err *err, const char *set, unsigned int xec)
{
	for (size_t i = 0; i < ROWS(amd_xec_rows); i++)
		if (amd_xec_rows[i].xec == xec && strcmp(amd_xec_rows[i].set, set) == 0) {
			amd_put_text(err, amd_xec_rows[i].text);
			return;
		}
	amd_put_unknown_xec(err, xec);
}

static const struct amd_smca_row *find_smca(uint64_t ipid)
{
	for (size_t i = 0; i < ROWS(amd_smca_rows); i++)
		if (amd_smca_rows[i].hwid == (ipid >> 32 & 0xfff) &&
			amd_smca_rows[i].mcatype == ipid >> 48)
			return &amd_smca_rows[i];
	return NULL;
}

/* The memory controller's own tongue: channel from the instance, the rest from MCA_SYND. */
static void put_umc(struct err *err, const struct cpu_id *cpu, unsigned int xec)
{
	uint64_t ipid = err->value[E_IPID].n, synd = reg(err, E_SYND);
	unsigned int len = synd >> 18 & 63;

	/* The accelerators number their channels otherwise. */
	if (!(cpu->known && cpu->family == 0x19 && cpu->model >= 0x90 && cpu->model <= 0x9f)) {
		err_set(err, E_CHANNEL, ipid >> 20 & 0xfff);
		err_source(err, SOURCE_IPID);
	}
	if (!(err->value[E_STATUS].n & STATUS_SYNDV) || !err_has(err, E_SYND) || xec != 0)
		return;
	err_set(err, E_CSROW, synd & 7);
	err_source(err, SOURCE_SYND);
	if (len)
		err_set(err, E_SYNDROME, synd >> 32 & (~UINT64_C(0) >> (len > 32 ? 32 : 64 - len)));
}

/* The lowest bit of MCA_ADDR that means something moved into STATUS with Zen 4. */
static unsigned int address_lsb(const struct err *err, const struct cpu_id *cpu)
{
	bool in_status = cpu->family > 0x19 || (cpu->family == 0x19 && cpu->model >= 0x10 &&
						       !(cpu->model >= 0x20 && cpu->model <= 0x5f));

	return (in_status ? err->value[E_STATUS].n >> 24 : err->value[E_ADDR_REG].n >> 56) & 63;
}

/*
 * A memory controller's address counts within its channel, so that only a translation
 * that knows the machine makes it a page.  Elsewhere the kernel (amd_mce_usable_address())
 * believes an address only when poison came by.
 */
static void put_smca_address(struct err *err, const struct cpu_id *cpu, bool umc)
{
	uint64_t status = err->value[E_STATUS].n;

	if (!(status & STATUS_ADDRV) || !err_has(err, E_ADDR_REG))
		return;
	if (umc) {
		err_word(err, E_ADDR_KIND, "normalised");
		return;
	}
	if (!(status & STATUS_POISON) || !cpu->known) {
		err_word(err, E_ADDR_KIND, "unspecified");
		return;
	}

	unsigned int lsb = address_lsb(err, cpu);
	uint64_t size = UINT64_C(1) << (lsb < 6 ? 6 : lsb);

	err_word(err, E_ADDR_KIND, "physical");
	if (lsb > 30) {
		err_flag(err, FLAG_COARSE);
		return;
	}
	err_set(err, E_ADDR, err->value[E_ADDR_REG].n & ((UINT64_C(1) << 56) - 1) & ~(size - 1));
	err_set(err, E_SIZE, size);
}

/*
 * The syndrome registers hold the name of the replaceable unit when MCA_CONFIG[9], FruTextInMca,
 * says so.  No report has that register: what is text from its first byte to the zeros at its end
 * is taken for text (drivers/edac/mce_amd.c).
 */
static void put_fru(struct err *err)
{
	uint64_t synd[2] = {htole64(reg(err, E_SYND1)), htole64(reg(err, E_SYND2))};
	char text[sizeof(synd)];
	size_t len = 0;

	memcpy(text, synd, sizeof(text));
	while (len < sizeof(text) && text[len] >= ' ' && text[len] <= '~')
		len++;
	for (size_t i = len; i < sizeof(text); i++)
		if (text[i])
			return;
	if (len >= FRU_MIN && err->value[E_STATUS].n & STATUS_SYNDV)
		err_text(err, E_FRU, text, len);
}

static void put_unknown_bank(struct err *err, uint64_t ipid)
{
	err_word(err, E_UNIT, "unknown");
	err_set(err, E_HWID, ipid >> 32 & 0xfff);
	err_set(err, E_MCATYPE, ipid >> 48);
}

static void put_smca(struct err *err, const struct cpu_id *cpu)
{
	uint64_t status = err->value[E_STATUS].n, ipid = reg(err, E_IPID);
	unsigned int xec = status >> 16 & 63;
	const struct amd_smca_row *row = find_smca(ipid);
	bool umc = (ipid >> 32 & 0xfff) == 0x96;

	err_set(err, E_XEC, xec);
	if (status & STATUS_AR)
		err_set(err, E_TCC, 1);
	put_smca_address(err, cpu, umc);
	put_fru(err);
	if (!err_has(err, E_IPID))
		return;
	if (!row) {
		put_unknown_bank(err, ipid);
		return;
	}
	err_word(err, E_UNIT, row->unit);
	if (row->class != CLASS_ANY)
		err_set(err, E_CLASS, row->class);
	if (row->xec[0])
		put_xec(err, set_for(row->xec, cpu), xec);
	if (umc)
		put_umc(err, cpu, xec);
}

/* Without a CPUID a bank that identifies itself is scalable MCA. */
static bool is_smca(const struct err *err, const struct cpu_id *cpu)
{
	return cpu->known ? cpu->family >= 0x17 : reg(err, E_IPID) != 0;
}

/* In family 15h bit 43 of the northbridge is part of another field. */
static bool has_poison_bit(const struct err *err, const struct cpu_id *cpu)
{
	return !cpu->known || cpu->family > 0x15 ||
	       (cpu->family == 0x15 && reg(err, E_BANK) != AMD_NB_BANK);
}

void amd_decode(struct err *err, const struct cpu_id *cpu)
{
	uint64_t status = err->value[E_STATUS].n;

	mca_code(err, true);
	/* A deferred error is one that was not yet consumed, and so not yet uncorrected. */
	if (status & STATUS_DEFERRED && status & STATUS_UC && is_smca(err, cpu))
		err_flag(err, FLAG_IMPOSSIBLE);
	if (status & STATUS_POISON && has_poison_bit(err, cpu))
		err_set(err, E_POISON, 1);
	if (status & STATUS_SCRUB)
		err_set(err, E_SCRUB, 1);
	amd_severity(err, cpu);
	if (is_smca(err, cpu))
		put_smca(err, cpu);
	else
		amd_put_legacy(err, cpu);
}
