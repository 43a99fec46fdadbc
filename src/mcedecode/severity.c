/* SPDX-License-Identifier: GPL-2.0-or-later */
/* severity - how bad it is, by the rules of the kernel for each vendor. */
#include "mca.h"
#include "tables.h"

#include "intel_severity.inc"

/*
 * A patrol scrubber that was told to report uncorrected errors as corrected ones: only the
 * memory controllers of a Skylake server (arch/x86/kernel/cpu/mce/severity.c).
 */
static bool may_hide_scrub(const struct err *err, const struct cpu_id *cpu)
{
	uint64_t bank = reg(err, E_BANK);

	return cpu->vendor == VENDOR_INTEL && cpu->family == 6 && cpu->model == 0x55 &&
	       cpu->stepping >= 4 && bank >= 13 && bank <= 18;
}

void intel_severity(struct err *err, const struct cpu_id *cpu, bool ser)
{
	uint64_t status = err->value[E_STATUS].n, mcg = reg(err, E_MCGSTATUS);
	unsigned int context = mca_context(err);
	bool exception = mcg & MCG_MCIP;

	for (size_t i = 0; i < ROWS(intel_severity_rows); i++) {
		const struct intel_severity_row *row = &intel_severity_rows[i];

		if ((status & row->smask) != row->sval || (mcg & row->gmask) != row->gval ||
			(row->exc && !exception) || (row->ser != 2 && row->ser != ser) ||
			(row->ctx != CTX_ANY && row->ctx != context) ||
			(row->scrub && !may_hide_scrub(err, cpu)))
			continue;
		err_set(err, E_SEV, row->sev);
		err_word(err, E_REASON, row->reason);
		break;
	}
	/* The rules behind this one ask who was interrupted. */
	if (exception && context == CTX_ANY && err_sev(err) == SEV_SRAR)
		err_flag(err, FLAG_NO_CONTEXT);
}

/* Recovery and deferred errors came with scalable MCA: family 17h. */
static bool amd_recovers(const struct cpu_id *cpu)
{
	return cpu->known && cpu->family >= 0x17;
}

struct verdict {
	enum sev sev;
	const char *reason;
};

/* mce_severity_amd() of Linux 6.12, as far as the record knows what it asks. */
static struct verdict judge_amd(const struct err *err, const struct cpu_id *cpu)
{
	uint64_t status = err->value[E_STATUS].n;

	if (status & STATUS_PCC)
		return (struct verdict){SEV_FATAL, "processor-context-corrupt"};
	/* Older northbridges have other things in that bit. */
	if (status & STATUS_DEFERRED && !(cpu->known && cpu->family < 0x15))
		return (struct verdict){SEV_DEFERRED, "deferred"};
	if (!(status & STATUS_UC))
		return (struct verdict){SEV_CORRECTED, "corrected"};
	/* Read by a poll: it did not stop anybody. */
	if (!(reg(err, E_MCGSTATUS) & MCG_MCIP))
		return (struct verdict){SEV_UNCORRECTED, "uncorrected"};
	if (!amd_recovers(cpu))
		return (struct verdict){SEV_FATAL, "uncorrected-no-recovery"};
	if (mca_context(err) == CTX_KERNEL)
		return (struct verdict){SEV_FATAL, "uncorrected-in-kernel"};
	return (struct verdict){SEV_SRAR, "uncorrected-recoverable"};
}

void amd_severity(struct err *err, const struct cpu_id *cpu)
{
	struct verdict verdict = judge_amd(err, cpu);

	err_set(err, E_SEV, verdict.sev);
	err_word(err, E_REASON, verdict.reason);
	if (verdict.sev == SEV_SRAR && mca_context(err) == CTX_ANY)
		err_flag(err, FLAG_NO_CONTEXT);
}
