/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mce.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* MCi_STATUS (Intel, volume 3, "IA32_MCi_STATUS MSRS"; AMD, volume 2, "Machine-Check Status"). */
#define VAL      (UINT64_C(1) << 63)
#define UC       (UINT64_C(1) << 61)
#define EN       (UINT64_C(1) << 60)
#define MISCV    (UINT64_C(1) << 59)
#define ADDRV    (UINT64_C(1) << 58)
#define S        (UINT64_C(1) << 56)
#define AR       (UINT64_C(1) << 55)
#define DEFERRED (UINT64_C(1) << 44)
#define POISON   (UINT64_C(1) << 43)

/* IA32_MCG_STATUS, and what address MCi_MISC speaks of: a physical one, to 4 KiB. */
enum { RIPV = 1 << 0, EIPV = 1 << 1, MCIP = 1 << 2, MISC = 2 << 6 | 12 };

/* QEMU's own bank for memory. */
enum { BANK = 9 };

const char *const mce_severity_words[MCE_SEVERITIES] = {
	[MCE_SRAO] = "srao",
	[MCE_SRAR] = "srar",
};

enum { MAKERS = 2 };

static const struct {
	uint64_t status, mcg_status;
} checks[MAKERS][MCE_SEVERITIES] = {
	/* Intel, and whoever follows it: memory scrubbing, data load. */
	{
		[MCE_SRAO] = {UC | S | 0xc0, MCIP | RIPV},
		[MCE_SRAR] = {UC | S | AR | 0x134, MCIP | RIPV | EIPV},
	},
	/* AMD. */
	{
		[MCE_SRAO] = {DEFERRED | POISON, MCIP | RIPV},
		[MCE_SRAR] = {UC | POISON, MCIP | RIPV | EIPV},
	},
};

static bool is_amd(const struct mce_cpu *cpu)
{
	return !strcmp(cpu->vendor, "AuthenticAMD");
}

bool mce_is_broadcast(const struct mce_cpu *cpu)
{
	return !is_amd(cpu) && ((cpu->family == 6 && cpu->model >= 14) || cpu->family > 6);
}

bool mce_is_exception(const struct mce_cpu *cpu, enum mce_severity severity)
{
	return checks[is_amd(cpu)][severity].status & UC;
}

void mce_line(
	char out[MCE_LINE_MAX], const struct mce_cpu *cpu, enum mce_severity severity, uint64_t gpa)
{
	uint64_t status = VAL | EN | MISCV | ADDRV | checks[is_amd(cpu)][severity].status;

	snprintf(out, MCE_LINE_MAX, "mce %s0 %d 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%x",
		mce_is_broadcast(cpu) ? "-b " : "", BANK, status,
		checks[is_amd(cpu)][severity].mcg_status, gpa, MISC);
}
