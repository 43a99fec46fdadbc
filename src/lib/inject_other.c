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

ptrdiff_t inject_arch_find_instruction(const unsigned char *code, size_t size)
{
	(void)code;
	(void)size;
	return -1;
}

void inject_arch_call(struct user_regs_struct *registers, uint64_t instruction, long number,
	const uint64_t argument[6], uint64_t mark)
{
	(void)registers;
	(void)instruction;
	(void)number;
	(void)argument;
	(void)mark;
}

uint64_t inject_arch_mark(const struct user_regs_struct *registers)
{
	(void)registers;
	return 0;
}

int64_t inject_arch_result(const struct user_regs_struct *registers)
{
	(void)registers;
	return -1;
}

bool inject_arch_restart(struct user_regs_struct *registers)
{
	(void)registers;
	return false;
}

#endif
