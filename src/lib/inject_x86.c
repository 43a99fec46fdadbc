/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifdef __x86_64__

#include "inject_arch.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

enum {
	USER64_CS = 0x33, /* __USER_CS (arch/x86/include/asm/segment.h); code of i386 has 0x23 */
	X32_BIT = 0x40000000,
	INSTRUCTION_BYTES = 2,
};

/* Not connect(2), which fails when it is made twice, nor what uses EINTR to be woken (KVM_RUN). */
static const int fails_when_stopped[] = {
	SYS_epoll_wait,
	SYS_epoll_pwait,
	SYS_epoll_pwait2,
	SYS_semop,
	SYS_semtimedop,
	SYS_rt_sigtimedwait,
	SYS_io_getevents,
	SYS_io_pgetevents,
	SYS_io_uring_enter,
	/* of a socket with a timeout (SO_RCVTIMEO, SO_SNDTIMEO) */
	SYS_accept,
	SYS_accept4,
	SYS_read,
	SYS_readv,
	SYS_recvfrom,
	SYS_recvmsg,
	SYS_recvmmsg,
	SYS_write,
	SYS_writev,
	SYS_sendto,
	SYS_sendmsg,
};

bool inject_arch_is_ours(const struct user_regs_struct *registers)
{
	return registers->cs == USER64_CS &&
	       (!inject_arch_is_in_call(registers) || !(registers->orig_rax & X32_BIT));
}

bool inject_arch_is_in_call(const struct user_regs_struct *registers)
{
	return (long long)registers->orig_rax >= 0;
}

ptrdiff_t inject_arch_find_instruction(const unsigned char *code, size_t size)
{
	static const unsigned char syscall_instruction[INSTRUCTION_BYTES] = {0x0f, 0x05};
	const unsigned char *found = memmem(code, size, syscall_instruction, INSTRUCTION_BYTES);

	return found ? found - code : -1;
}

void inject_arch_call(struct user_regs_struct *registers, uint64_t instruction, long number,
	const uint64_t argument[6], uint64_t mark)
{
	/* No call to restart: or else the kernel would move rip at the next signal. */
	registers->orig_rax = (unsigned long long)-1;
	registers->rip = instruction;
	registers->rax = (unsigned long long)number;
	registers->rbx = mark;
	registers->rdi = argument[0];
	registers->rsi = argument[1];
	registers->rdx = argument[2];
	registers->r10 = argument[3];
	registers->r8 = argument[4];
	registers->r9 = argument[5];
}

uint64_t inject_arch_mark(const struct user_regs_struct *registers)
{
	return registers->rbx;
}

int64_t inject_arch_result(const struct user_regs_struct *registers)
{
	return (int64_t)registers->rax;
}

bool inject_arch_restart(struct user_regs_struct *registers)
{
	if ((long long)registers->rax != -EINTR)
		return false;
	for (size_t i = 0; i < sizeof(fails_when_stopped) / sizeof(*fails_when_stopped); i++)
		if ((long long)registers->orig_rax == fails_when_stopped[i]) {
			registers->rax = registers->orig_rax;
			registers->rip -= INSTRUCTION_BYTES;
			return true;
		}
	return false;
}

#endif
