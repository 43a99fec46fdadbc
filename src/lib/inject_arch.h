/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject_arch - what of inject is different on each architecture; for inject.c only. */
#ifndef MEMPATROL_INJECT_ARCH_H
#define MEMPATROL_INJECT_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/user.h>

/* inject_arch_is_ours - a thread with these registers runs code of this architecture. */
bool inject_arch_is_ours(const struct user_regs_struct *registers);

/* inject_arch_is_in_call - it was stopped inside a system call. */
bool inject_arch_is_in_call(const struct user_regs_struct *registers);

/* inject_arch_find_instruction - the offset of a system call instruction in CODE, or -1. */
ptrdiff_t inject_arch_find_instruction(const unsigned char *code, size_t size);

/*
 * inject_arch_call - registers for call NUMBER made by the instruction at INSTRUCTION.  MARK is
 * put where the call leaves it, so that its result is not taken for another's.
 */
void inject_arch_call(struct user_regs_struct *registers, uint64_t instruction, long number,
	const uint64_t argument[6], uint64_t mark);

/* inject_arch_mark - the mark, if there is one. */
uint64_t inject_arch_mark(const struct user_regs_struct *registers);

/* inject_arch_result - what the call returned: from -4095 to -1, a negated errno. */
int64_t inject_arch_result(const struct user_regs_struct *registers);

/*
 * inject_arch_restart - if the stop has failed a call with EINTR that would have slept on, have
 * it made again.  signal(7) lists these calls ("Interruption of system calls and library functions
 * by stop signals"); all others are restarted by the kernel itself.  A timeout that is not an
 * absolute time begins anew.  True if so.
 */
bool inject_arch_restart(struct user_regs_struct *registers);

#endif
