/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject_arch - what of inject is different on each architecture; for inject.c only. */
#ifndef MEMPATROL_INJECT_ARCH_H
#define MEMPATROL_INJECT_ARCH_H

#include "inject.h"

/* inject_arch_is_ours - a thread with these registers runs code of this architecture. */
bool inject_arch_is_ours(const struct user_regs_struct *registers);

/* inject_arch_is_in_call - it was stopped inside a system call. */
bool inject_arch_is_in_call(const struct user_regs_struct *registers);

/* inject_arch_ip, inject_arch_jump - where it goes on. */
uint64_t inject_arch_ip(const struct user_regs_struct *registers);
void inject_arch_jump(struct user_regs_struct *registers, uint64_t to);

/*
 * inject_arch_code - code to be put anywhere in a process, of at most INJECT_CODE bytes: its first
 * instruction is a system call.  If nobody traces the thread any more when that returns, what
 * follows blocks SIGNALS, and no others, and goes on with the registers BACK, the call that they
 * are inside of made again where the kernel would have done so.
 */
void inject_arch_code(
	unsigned char out[INJECT_CODE], const struct user_regs_struct *back, uint64_t signals);

/*
 * inject_arch_result_at - where in such code at address CODE is the address that the result is
 * put to, before anything else is done; 0, as at first, for nowhere.
 */
uint64_t inject_arch_result_at(uint64_t code);

/* inject_arch_call - registers for call NUMBER made by such code at CODE. */
void inject_arch_call(
	struct user_regs_struct *registers, uint64_t code, long number, const uint64_t argument[6]);

/* inject_arch_result - what the call returned: from -4095 to -1, a negated errno. */
int64_t inject_arch_result(const struct user_regs_struct *registers);

/* inject_arch_has_result - a call of the code at CODE has returned, and its result is not kept yet.
 */
bool inject_arch_has_result(const struct user_regs_struct *registers, uint64_t code);

/* inject_arch_forget_result - as if it had failed. */
void inject_arch_forget_result(struct user_regs_struct *registers);

/*
 * inject_arch_restart - if the stop has failed a call with EINTR that would have slept on, have
 * it made again.  signal(7) lists these calls ("Interruption of system calls and library functions
 * by stop signals"); all others are restarted by the kernel itself.  A timeout that is not an
 * absolute time begins anew.  True if so.
 */
bool inject_arch_restart(struct user_regs_struct *registers);

#endif
