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
	/* What a call that was interrupted returns inside the kernel (include/linux/errno.h). */
	RESTART_SYS = 512,
	RESTART_NO_INTR = 513,
	RESTART_NO_HANDLER = 514,
	RESTART_BLOCK = 516,
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

uint64_t inject_arch_ip(const struct user_regs_struct *registers)
{
	return registers->rip;
}

void inject_arch_jump(struct user_regs_struct *registers, uint64_t to)
{
	registers->rip = to;
}

/* --- Code that finds its way back --- */

#define TEXT_OF_(x) #x
#define TEXT_OF(x)  TEXT_OF_(x)

/* What it goes on with; offsets in the code below. */
struct way_back {
	uint64_t result_at, signals, flags;
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, rip;
};

/*
 * The stack is the thread's own, and valid, at each instruction: signals are let in half-way. Below
 * it are 128 bytes that functions may use (red zone, System V ABI for x86-64).  From the second
 * call on nothing changes the flags but popf.
 */
__asm__(".pushsection .rodata\n"
	".balign 16\n"
	"code_begin:\n"
	"	syscall\n"
	"	mov	way_back(%rip), %rcx\n"
	"	jrcxz	kept\n"
	"	mov	%rax, (%rcx)\n"
	"kept:	mov	$14, %eax\n" /* rt_sigprocmask(SIG_SETMASK, &signals, NULL, 8) */
	"	mov	$2, %edi\n"
	"	lea	way_back+8(%rip), %rsi\n"
	"	mov	$0, %edx\n"
	"	mov	$8, %r10d\n"
	"	syscall\n"
	"	lea	-128(%rsp), %rsp\n"
	"	pushq	way_back+16(%rip)\n"
	"	popfq\n"
	"	lea	128(%rsp), %rsp\n"
	"	mov	way_back+24(%rip), %r15\n"
	"	mov	way_back+32(%rip), %r14\n"
	"	mov	way_back+40(%rip), %r13\n"
	"	mov	way_back+48(%rip), %r12\n"
	"	mov	way_back+56(%rip), %rbp\n"
	"	mov	way_back+64(%rip), %rbx\n"
	"	mov	way_back+72(%rip), %r11\n"
	"	mov	way_back+80(%rip), %r10\n"
	"	mov	way_back+88(%rip), %r9\n"
	"	mov	way_back+96(%rip), %r8\n"
	"	mov	way_back+104(%rip), %rax\n"
	"	mov	way_back+112(%rip), %rcx\n"
	"	mov	way_back+120(%rip), %rdx\n"
	"	mov	way_back+128(%rip), %rsi\n"
	"	mov	way_back+136(%rip), %rdi\n"
	"	jmp	*way_back+144(%rip)\n"
	".balign 8\n"
	"way_back:\n"
	"	.org	code_begin + " TEXT_OF(INJECT_CODE) "\n"
							    ".popsection\n");

extern const unsigned char code_begin[INJECT_CODE], kept[1], way_back[sizeof(struct way_back)];

/* What the kernel would do before the thread returns (arch/x86/kernel/signal.c). */
static void restart_call(struct user_regs_struct *registers)
{
	if (!inject_arch_is_in_call(registers))
		return;
	switch ((long long)registers->rax) {
	case -RESTART_NO_HANDLER:
	case -RESTART_SYS:
	case -RESTART_NO_INTR:
		registers->rax = registers->orig_rax;
		break;
	case -RESTART_BLOCK:
		registers->rax = SYS_restart_syscall;
		break;
	default:
		return;
	}
	registers->rip -= INSTRUCTION_BYTES;
}

void inject_arch_code(
	unsigned char out[INJECT_CODE], const struct user_regs_struct *back, uint64_t signals)
{
	struct user_regs_struct registers = *back;
	const struct user_regs_struct *r = &registers;
	struct way_back way;

	restart_call(&registers);
	way = (struct way_back){0, signals, r->eflags, r->r15, r->r14, r->r13, r->r12, r->rbp,
		r->rbx, r->r11, r->r10, r->r9, r->r8, r->rax, r->rcx, r->rdx, r->rsi, r->rdi,
		r->rip};
	memcpy(out, code_begin, INJECT_CODE);
	memcpy(out + (way_back - code_begin), &way, sizeof(way));
}

uint64_t inject_arch_result_at(uint64_t code)
{
	return code + (uint64_t)(way_back - code_begin);
}

/* --- Calls --- */

void inject_arch_call(
	struct user_regs_struct *registers, uint64_t code, long number, const uint64_t argument[6])
{
	/* No call to restart: or else the kernel would move rip at the next signal. */
	registers->orig_rax = (unsigned long long)-1;
	registers->rip = code;
	registers->rax = (unsigned long long)number;
	registers->rdi = argument[0];
	registers->rsi = argument[1];
	registers->rdx = argument[2];
	registers->r10 = argument[3];
	registers->r8 = argument[4];
	registers->r9 = argument[5];
}

int64_t inject_arch_result(const struct user_regs_struct *registers)
{
	return (int64_t)registers->rax;
}

bool inject_arch_has_result(const struct user_regs_struct *registers, uint64_t code)
{
	return registers->rip > code && registers->rip < code + (uint64_t)(kept - code_begin);
}

void inject_arch_forget_result(struct user_regs_struct *registers)
{
	registers->rax = (unsigned long long)-1;
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
