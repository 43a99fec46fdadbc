/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mce - the machine check that tells a guest of bad memory, as QEMU itself makes it when the
 * kernel tells QEMU (kvm_mce_inject() in target/i386/kvm/kvm.c of QEMU 10).
 */
#ifndef MEMPATROL_VMEVAC_MCE_H
#define MEMPATROL_VMEVAC_MCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mce_severity {
	MCE_SRAO, /* found before anybody used it; a deferred error on AMD */
	MCE_SRAR, /* somebody is about to use it: the guest ends who runs there */
	MCE_SEVERITIES,
};

/* Words of mode= in records(5). */
extern const char *const mce_severity_words[MCE_SEVERITIES];

struct mce_cpu {
	char vendor[16]; /* as CPUID has it */
	uint64_t family, model;
};

enum { MCE_LINE_MAX = 128 };

/*
 * mce_line - the command for QEMU's monitor (mce in hmp-commands.hx) that reports an error at
 * guest physical address GPA to processor 0 of a machine with such processors.
 */
void mce_line(char out[MCE_LINE_MAX], const struct mce_cpu *cpu, enum mce_severity severity,
	uint64_t gpa);

/*
 * mce_is_broadcast - all processors of the machine take part in it, as those of Intel do from
 * model 14 of family 6 on ("Machine-Check Exceptions" in Intel's manual, volume 3).
 */
bool mce_is_broadcast(const struct mce_cpu *cpu);

/*
 * mce_is_exception - it interrupts the guest, which must have enabled that (CR4.MCE), or it is
 * reset.  A deferred error is only there to be found.
 */
bool mce_is_exception(const struct mce_cpu *cpu, enum mce_severity severity);

#endif
