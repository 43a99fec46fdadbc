/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mca - what the registers of a machine-check bank mean.
 *
 * Decoding starts from the fields of struct err that are registers (STATUS, MISC,
 * CPUID ...) and sets the others.  It knows nothing of the machine it runs on.
 */
#ifndef MEMPATROL_MCA_H
#define MEMPATROL_MCA_H

#include "err.h"

/* As the kernel numbers them, arch/x86/include/asm/processor.h; E_VENDOR holds one. */
enum vendor {
	VENDOR_INTEL = 0,
	VENDOR_AMD = 2,
	VENDOR_CENTAUR = 5,
	VENDOR_HYGON = 9,
	VENDOR_ZHAOXIN = 10,
	VENDOR_UNKNOWN = 255,
};

#define STATUS_VAL      (UINT64_C(1) << 63)
#define STATUS_OVER     (UINT64_C(1) << 62)
#define STATUS_UC       (UINT64_C(1) << 61)
#define STATUS_EN       (UINT64_C(1) << 60)
#define STATUS_MISCV    (UINT64_C(1) << 59)
#define STATUS_ADDRV    (UINT64_C(1) << 58)
#define STATUS_PCC      (UINT64_C(1) << 57)
#define STATUS_S        (UINT64_C(1) << 56)
#define STATUS_AR       (UINT64_C(1) << 55) /* AMD: TCC */
#define STATUS_SYNDV    (UINT64_C(1) << 53) /* AMD */
#define STATUS_CECC     (UINT64_C(1) << 46) /* AMD */
#define STATUS_UECC     (UINT64_C(1) << 45) /* AMD */
#define STATUS_DEFERRED (UINT64_C(1) << 44) /* AMD */
#define STATUS_POISON   (UINT64_C(1) << 43) /* AMD */
#define STATUS_SCRUB    (UINT64_C(1) << 40) /* AMD */

#define MCG_RIPV UINT64_C(1)
#define MCG_EIPV UINT64_C(2)
#define MCG_MCIP UINT64_C(4)

/* The CPU of errors that name none: signature or 0, and vendor or VENDOR_UNKNOWN. */
extern uint32_t mca_default_cpuid;
extern enum vendor mca_default_vendor;

/* mca_decode - set what the registers say.  E_STATUS must be there. */
void mca_decode(struct err *err);

/*
 * mca_judge - once more how bad it is, after registers were added: what was assumed for want of
 * them (FLAG_SER_ASSUMED, FLAG_NO_CONTEXT) may now be known.
 */
void mca_judge(struct err *err);

/* --- their parts --- */

struct cpu_id {
	enum vendor vendor;
	unsigned int family, model, stepping;
	bool known; /* of the record, not of any table */
};

struct cpu_id mca_cpu(const struct err *err);

/* mca_is_smca - the CPU is known to have AMD's scalable MCA. */
bool mca_is_smca(const struct err *err);

/* mca_signature - CPUID leaf 1 EAX of a family and model as people write them. */
uint32_t mca_signature(unsigned int family, unsigned int model, unsigned int stepping);

/* What the interrupted code was. */
enum { CTX_ANY, CTX_KERNEL, CTX_USER };
unsigned int mca_context(const struct err *err);

/* mca_code - the architectural error code, for AMD's and Hygon's CPUs or all others. */
void mca_code(struct err *err, bool amd);

/* intel_severity - needs to know whether software error recovery is there. */
void intel_severity(struct err *err, const struct cpu_id *cpu, bool ser);
void amd_severity(struct err *err, const struct cpu_id *cpu);

void intel_judge(struct err *err, const struct cpu_id *cpu);
void intel_decode(struct err *err, const struct cpu_id *cpu);
void amd_decode(struct err *err, const struct cpu_id *cpu);

/* reg - a register of the record, or 0. */
static inline uint64_t reg(const struct err *err, enum err_field field)
{
	return err_has(err, field) ? err->value[field].n : 0;
}

#endif
