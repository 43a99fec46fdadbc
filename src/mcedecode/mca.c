/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mca.h"
#include "tables.h"

uint32_t mca_default_cpuid;
enum vendor mca_default_vendor = VENDOR_UNKNOWN;

/*
 * Bank numbers that no CPU has: heat as kernels before 2.6.38 log it (MCE_THERMAL_BANK), and
 * firmware's report (mce/apei.c).
 */
enum { BANK_THERMAL = 128, BANK_APEI = 255 };

/*
 * Who made a CPU that names no vendor.  Family 6 is Intel's but for old Centaurs; 0Fh
 * is shared by Pentium 4 and K8; from 10h on numbers are AMD's but for those listed.
 */
static enum vendor guess_vendor(unsigned int family)
{
	switch (family) {
	case 6:
	case 0x13:
		return VENDOR_INTEL;
	case 0x18:
		return VENDOR_HYGON;
	case 7:
		return VENDOR_ZHAOXIN;
	default:
		return family >= 0x10 && family <= 0x1a && family != 0x12 ? VENDOR_AMD
									  : VENDOR_UNKNOWN;
	}
}

struct cpu_id mca_cpu(const struct err *err)
{
	uint32_t eax = (uint32_t)reg(err, E_CPUID);
	struct cpu_id cpu = {
		.known = err_has(err, E_CPUID),
		.family = (eax >> 8) & 15,
		.model = (eax >> 4) & 15,
		.stepping = eax & 15,
	};

	if (cpu.family == 15)
		cpu.family += (eax >> 20) & 255;
	if (cpu.family == 6 || cpu.family == 7 || cpu.family >= 15)
		cpu.model |= (eax >> 12) & 0xf0;
	if (err_has(err, E_VENDOR))
		cpu.vendor = (enum vendor)err->value[E_VENDOR].n;
	else if (cpu.known)
		cpu.vendor = guess_vendor(cpu.family);
	else /* only AMD's banks say what they are */
		cpu.vendor = reg(err, E_IPID) ? VENDOR_AMD : VENDOR_UNKNOWN;
	return cpu;
}

uint32_t mca_signature(unsigned int family, unsigned int model, unsigned int stepping)
{
	uint32_t base = family > 15 ? 15 : family;

	return (uint32_t)(family - base) << 20 | (model & 0xf0) << 12 | base << 8 |
	       (model & 15) << 4 | (stepping & 15);
}

/*
 * Who was interrupted: the kernel's error_context().  CS is only there when one of the
 * two valid bits vouches for it.
 */
unsigned int mca_context(const struct err *err)
{
	if (!err_has(err, E_CS))
		return CTX_ANY;
	return (err->value[E_CS].n & 3) == 3 ? CTX_USER : CTX_KERNEL;
}

static void set_if(struct err *err, enum err_field field, bool condition)
{
	if (condition)
		err_set(err, field, 1);
}

/* By what all CPUs share, for those whose maker is not known. */
static void judge_unknown(struct err *err)
{
	uint64_t status = err->value[E_STATUS].n;

	err_set(err, E_SEV, SEV_CORRECTED);
	err_word(err, E_REASON, "corrected");
	if (status & STATUS_UC) {
		err_set(err, E_SEV, SEV_UNCORRECTED);
		err_word(err, E_REASON, "uncorrected");
	}
	if (status & STATUS_PCC) {
		err_set(err, E_SEV, SEV_FATAL);
		err_word(err, E_REASON, "processor-context-corrupt");
	}
}

static void decode_unknown(struct err *err)
{
	/* The compound codes are Intel's in all but details. */
	mca_code(err, false);
	judge_unknown(err);
	if (err->value[E_STATUS].n & STATUS_ADDRV && err_has(err, E_ADDR_REG))
		err_word(err, E_ADDR_KIND, "unspecified");
}

static bool is_amd(enum vendor vendor)
{
	return vendor == VENDOR_AMD || vendor == VENDOR_HYGON;
}

/* What the command line knows of the CPU holds only where the record knows nothing. */
static void supply_cpuid(struct err *err)
{
	if (err_has(err, E_CPUID) || !mca_default_cpuid)
		return;
	err_set(err, E_CPUID, mca_default_cpuid);
	if (!err_has(err, E_VENDOR) && mca_default_vendor != VENDOR_UNKNOWN)
		err_set(err, E_VENDOR, mca_default_vendor);
}

bool mca_is_smca(const struct err *err)
{
	struct cpu_id cpu = mca_cpu(err);

	return cpu.known && is_amd(cpu.vendor) && cpu.family >= 0x17;
}

/* STATUS is that of the thermal monitor, not of a bank. */
static void decode_thermal(struct err *err)
{
	static const char *const text[] = {
		"temperature is normal again", "temperature is too high"};
	const char *now = text[err->value[E_STATUS].n & 1];

	err_flag(err, FLAG_SYNTHETIC);
	err_set(err, E_SEV, SEV_INFO);
	err_set(err, E_CLASS, CLASS_INTERNAL);
	err_word(err, E_REASON, "thermal");
	err_text(err, E_TEXT, now, strlen(now));
	err_advise(err);
}

void mca_decode(struct err *err)
{
	uint64_t status = err->value[E_STATUS].n;
	struct cpu_id cpu;

	supply_cpuid(err);
	if (reg(err, E_BANK) == BANK_THERMAL) {
		decode_thermal(err);
		return;
	}
	cpu = mca_cpu(err);
	if (!cpu.known)
		err_flag(err, FLAG_NO_CPUID);
	if (reg(err, E_BANK) == BANK_APEI)
		err_flag(err, FLAG_SYNTHETIC);
	err_set(err, E_MCACOD, status & 0xffff);
	err_set(err, E_MSCOD, status >> 16 & 0xffff);
	set_if(err, E_OVERFLOW, status & STATUS_OVER);
	set_if(err, E_PCC, status & STATUS_PCC);
	if (!(status & STATUS_VAL) || (status & (STATUS_PCC | STATUS_UC)) == STATUS_PCC)
		err_flag(err, FLAG_IMPOSSIBLE);
	if (is_amd(cpu.vendor))
		amd_decode(err, &cpu);
	else if (cpu.vendor == VENDOR_UNKNOWN)
		decode_unknown(err);
	else
		intel_decode(err, &cpu);
	err_advise(err);
}

void mca_judge(struct err *err)
{
	struct cpu_id cpu = mca_cpu(err);
	uint64_t flags = reg(err, E_FLAGS) & ~(uint64_t)(FLAG_SER_ASSUMED | FLAG_NO_CONTEXT);

	err_drop(err, E_FLAGS);
	if (flags)
		err_set(err, E_FLAGS, flags);
	if (is_amd(cpu.vendor))
		amd_severity(err, &cpu);
	else if (cpu.vendor == VENDOR_UNKNOWN)
		judge_unknown(err);
	else
		intel_judge(err, &cpu);
}
