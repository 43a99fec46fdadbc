/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing is ours where it is not implemented, so that inject_stop() refuses every process. */
#ifndef __x86_64__

#include "inject_arch.h"

bool inject_arch_is_ours(const struct user_regs_struct *registers)
{
	(void)registers;
	return false;
}

bool inject_arch_is_in_call(const struct user_regs_struct *registers)
{
	(void)registers;
	return false;
}

uint64_t inject_arch_ip(const struct user_regs_struct *registers)
{
	(void)registers;
	return 0;
}

void inject_arch_jump(struct user_regs_struct *registers, uint64_t to)
{
	(void)registers;
	(void)to;
}

void inject_arch_code(
	unsigned char out[INJECT_CODE], const struct user_regs_struct *back, uint64_t signals)
{
	(void)out;
	(void)back;
	(void)signals;
}

uint64_t inject_arch_result_at(uint64_t code)
{
	return code;
}

void inject_arch_call(
	struct user_regs_struct *registers, uint64_t code, long number, const uint64_t argument[6])
{
	(void)registers;
	(void)code;
	(void)number;
	(void)argument;
}

int64_t inject_arch_result(const struct user_regs_struct *registers)
{
	(void)registers;
	return -1;
}

bool inject_arch_has_result(const struct user_regs_struct *registers, uint64_t code)
{
	(void)registers;
	(void)code;
	return false;
}

void inject_arch_forget_result(struct user_regs_struct *registers)
{
	(void)registers;
}

bool inject_arch_restart(struct user_regs_struct *registers)
{
	(void)registers;
	return false;
}

#endif
