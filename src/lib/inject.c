/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: calls and memory. */
#include "inject.h"
#include "inject_arch.h"
#include "inject_thread.h"
#include "maps.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Above this x86-64 maps nothing that was not asked for by address
 * (Documentation/arch/x86/x86_64/mm.rst). */
#define USER_END (UINT64_C(1) << 47)

enum {
	ERRNO_MAX = 4095,           /* include/linux/err.h */
	CALL_STOP = SIGTRAP | 0x80, /* PTRACE_O_TRACESYSGOOD */
	LOOKS_ALIVE = 100,          /* most calls have come to their end by then */
};

static void (*on_step)(void);

void inject_on_step(void (*step)(void))
{
	on_step = step;
}

void inject_step(void)
{
	if (on_step)
		on_step();
}

/* --- One thread --- */

int inject_get_registers(pid_t thread, struct user_regs_struct *out)
{
	struct iovec all = {out, sizeof(*out)};

	return ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &all) == 0 ? 0 : -1;
}

int inject_set_registers(pid_t thread, const struct user_regs_struct *registers)
{
	struct iovec all = {(void *)(uintptr_t)registers, sizeof(*registers)};

	return ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &all) == 0 ? 0 : -1;
}

/*
 * The first thread of a process that is killed is told to have ended only after the others, which
 * nobody asks for yet (delay_group_leader() in kernel/exit.c): so waitpid(2) would never return.
 */
static bool is_dead(const struct inject *in)
{
	return inject_is_gone(process_thread_state(in->root, in->pid, (unsigned int)in->caller));
}

static int wait_for_stop(const struct inject *in, int *status)
{
	pid_t got;

	for (unsigned int looks = 0;; looks++) {
		got = waitpid(in->caller, status, __WALL | WNOHANG);
		if (got < 0 && errno == EINTR)
			continue;
		if (got != 0 || (looks >= LOOKS_ALIVE && is_dead(in)))
			break;
		inject_look_again(looks);
	}
	if (got == in->caller && WIFSTOPPED(*status))
		return 0;
	errno = ESRCH;
	return -1;
}

/* Let the caller run until it is before or behind a call. */
static int run_to_call(struct inject *in)
{
	for (;;) {
		int status;

		if (ptrace(PTRACE_SYSCALL, in->caller, NULL, NULL) != 0 ||
			wait_for_stop(in, &status) != 0)
			return -1;
		if (WSTOPSIG(status) == CALL_STOP)
			return 0;
		/* All other signals are blocked. */
		if (status >> 16 != PTRACE_EVENT_STOP && WSTOPSIG(status) == SIGSTOP)
			in->stop_more |= !in->sent_again;
	}
}

/* --- Calls --- */

int inject_block_signals(const struct inject *in)
{
	const uint64_t all = ~UINT64_C(0);

	return ptrace(PTRACE_SETSIGMASK, in->caller, sizeof(all), &all) == 0 ? 0 : -1;
}

/* Once its registers are ours it unblocks them by itself, not before. */
static int prepare_call(struct inject *in, const struct user_regs_struct *registers)
{
	if (inject_set_registers(in->caller, registers) != 0)
		return -1;
	inject_step();
	if (in->changed)
		return 0;
	in->changed = true;
	return inject_block_signals(in);
}

static int make_call(struct inject *in, struct user_regs_struct *registers)
{
	inject_step();
	if (prepare_call(in, registers) != 0)
		return -1;
	inject_step();
	if (run_to_call(in) != 0)
		return -1;
	inject_step();
	if (run_to_call(in) != 0)
		return -1;
	inject_step();
	return inject_get_registers(in->caller, registers);
}

int64_t inject_call_array(struct inject *in, long number, const uint64_t argument[6])
{
	struct user_regs_struct registers = in->registers;

	if (in->threads == 0) {
		errno = ESRCH;
		return -1;
	}
	if (inject_put_code(in) != 0)
		return -1;
	inject_arch_call(&registers, in->code, number, argument);
	if (make_call(in, &registers) != 0)
		return -1;

	int64_t result = inject_arch_result(&registers);

	if (result >= 0 || result < -ERRNO_MAX)
		return result;
	errno = (int)-result;
	return -1;
}

/* --- Memory --- */

int inject_read(const struct inject *in, uint64_t va, void *out, size_t size)
{
	struct iovec here = {out, size}, there = {(void *)(uintptr_t)va, size};
	ssize_t n = process_vm_readv(in->pid, &here, 1, &there, 1, 0);

	if (n >= 0 && n != (ssize_t)size)
		errno = EFAULT;
	return n == (ssize_t)size ? 0 : -1;
}

int inject_write(const struct inject *in, uint64_t va, const void *data, size_t size)
{
	struct iovec here = {(void *)(uintptr_t)data, size}, there = {(void *)(uintptr_t)va, size};
	ssize_t n = process_vm_writev(in->pid, &here, 1, &there, 1, 0);

	if (n >= 0 && n != (ssize_t)size)
		errno = EFAULT;
	return n == (ssize_t)size ? 0 : -1;
}

/* The middle of what is free from START to END, if that is more than *LARGEST. */
static void consider_hole(uint64_t start, uint64_t end, uint64_t *largest, uint64_t *middle)
{
	if (end <= start || end - start <= *largest)
		return;
	*largest = end - start;
	*middle = start + *largest / 2;
}

uint64_t inject_find_hole(const struct inject *in, uint64_t size, uint64_t align)
{
	struct maps maps;
	struct vma vma;
	uint64_t end = INJECT_SCRATCH, largest = 0, middle = 0;
	int more;

	if (maps_open(&maps, in->root, in->pid) != 0)
		return 0;
	while ((more = maps_next(&maps, &vma)) > 0 && vma.start < USER_END) {
		consider_hole(end, vma.start, &largest, &middle);
		end = vma.end;
	}
	maps_close(&maps);
	consider_hole(end, USER_END, &largest, &middle);
	if (more >= 0 && largest / 2 > size + align)
		return middle & ~(align - 1);
	errno = ENOMEM;
	return 0;
}

int inject_open_scratch(struct inject *in)
{
	if (in->scratch)
		return 0;
	in->scratch = inject_find_hole(in, INJECT_SCRATCH, INJECT_SCRATCH);
	if (!in->scratch)
		return -1;
	return inject_call(in, SYS_mmap, in->scratch, INJECT_SCRATCH, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, (uint64_t)-1, 0) < 0
		       ? -1
		       : 0;
}

void inject_close_scratch(struct inject *in)
{
	if (in->scratch)
		inject_call(in, SYS_munmap, in->scratch, INJECT_SCRATCH);
	in->scratch = 0;
}
