/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: stopping a process, and letting it go on. */
#include "clock.h"
#include "inject_arch.h"
#include "inject_thread.h"

#include <errno.h>
#include <linux/rseq.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>

/* A guest that stands still longer notices; but who is to be repaired has nobody else. */
#define STOP_NS  (1 * CLOCK_SECOND)
#define ADOPT_NS (60 * CLOCK_SECOND)

/* --- What the caller needs, and is given back --- */

/*
 * A thread inside a system call is not inside a restartable sequence, and stays where it is
 * anyway; but any will do.
 */
static int choose_caller(struct inject *in)
{
	for (unsigned int i = 0; i < in->threads; i++) {
		struct user_regs_struct registers;

		if (inject_get_registers(in->thread[i], &registers) != 0)
			return -1;
		if (!inject_arch_is_ours(&registers)) {
			errno = ENOTSUP;
			return -1;
		}
		if (i > 0 && !inject_arch_is_in_call(&registers))
			continue;
		in->caller = in->thread[i];
		in->registers = registers;
		if (inject_arch_is_in_call(&registers))
			break;
	}
	return 0;
}

/*
 * While the caller is elsewhere the kernel forgets the restartable sequence (rseq(2)) that it is in
 * the middle of (rseq_ip_fixup() in kernel/rseq.c), and would not abort it: so we do.
 */
static void abort_sequence(struct inject *in)
{
	struct __ptrace_rseq_configuration rseq = {0};
	struct rseq_cs sequence;
	uint64_t at = 0;

	if (ptrace(PTRACE_GET_RSEQ_CONFIGURATION, in->caller, sizeof(rseq), &rseq) < 0 ||
		!rseq.rseq_abi_pointer)
		return; /* before Linux 5.13, or not used */
	if (inject_read(in, rseq.rseq_abi_pointer + offsetof(struct rseq, rseq_cs), &at,
		    sizeof(at)) != 0 ||
		!at || inject_read(in, at, &sequence, sizeof(sequence)) != 0)
		return;
	if (inject_arch_ip(&in->registers) - sequence.start_ip < sequence.post_commit_offset)
		inject_arch_jump(&in->registers, sequence.abort_ip);
}

static int save_caller(struct inject *in)
{
	abort_sequence(in);
	return ptrace(PTRACE_GETSIGMASK, in->caller, sizeof(in->signals), &in->signals) == 0 ? 0
											     : -1;
}

/* If it was in a call, the kernel makes it again as after any signal: only it can, for some. */
static void restore_caller(struct inject *in)
{
	ptrace(PTRACE_SETSIGMASK, in->caller, sizeof(in->signals), &in->signals);
	inject_step();
	inject_set_registers(in->caller, &in->registers);
	in->changed = false;
	inject_step();
	inject_take_code(in);
	inject_step();
}

/* --- All of it --- */

static int stop(struct inject *in)
{
	if ((in->firm && inject_hold(in) != 0) || inject_seize_all(in) != 0)
		return -1;
	return 0;
}

static int get_ready(struct inject *in)
{
	return choose_caller(in) != 0 ? -1 : save_caller(in);
}

static void let_go(struct inject *in)
{
	inject_detach_all(in);
	in->leaving = true;
	inject_step();
	if (in->stop_more)
		kill(in->pid, SIGSTOP);
	else if (in->held)
		kill(in->pid, SIGCONT);
	inject_step();
	in->held = in->stop_more = false;
}

static int fail(struct inject *in)
{
	int error = errno;

	let_go(in);
	errno = error;
	return -1;
}

static int stop_process(struct inject *in, const struct root *root, pid_t pid, bool firm)
{
	int traced = inject_is_traced(root, pid);

	if (traced != 0) {
		errno = traced < 0 ? errno : EPERM;
		return -1;
	}
	memset(in, 0, sizeof(*in));
	in->root = root;
	in->patience_ns = STOP_NS;
	in->firm = firm;
	memset(in->fd, -1, sizeof(in->fd));
	in->pid = pid;
	return inject_find_code(in) == 0 && stop(in) == 0 && get_ready(in) == 0 ? 0 : fail(in);
}

int inject_stop(struct inject *in, const struct root *root, pid_t pid)
{
	return stop_process(in, root, pid, false);
}

int inject_stop_firmly(struct inject *in, const struct root *root, pid_t pid)
{
	return stop_process(in, root, pid, true);
}

void inject_release(struct inject *in)
{
	inject_clean(in);
	if (in->changed)
		restore_caller(in);
	let_go(in);
}

/*
 * The caller is still inside our code: it is as if we had put it there.  Its last result may not
 * have been kept yet.
 */
static int take_over(struct inject *in, const struct user_regs_struct *registers)
{
	int64_t result = inject_arch_result(registers);
	uint64_t at = 0;

	in->changed = true;
	if (inject_read(in, inject_arch_result_at(in->code), &at, sizeof(at)) != 0 ||
		(at && inject_arch_has_result(registers, in->code) &&
			inject_write(in, at, &result, sizeof(result)) != 0))
		return -1;
	return inject_block_signals(in);
}

/* If it has found its way back, it may be any thread, and our code stays where it is: find_room().
 */
static int get_ready_again(struct inject *in)
{
	struct user_regs_struct registers;

	if (in->code && in->caller && inject_get_registers(in->caller, &registers) == 0 &&
		inject_arch_ip(&registers) - in->code < INJECT_CODE)
		return take_over(in, &registers);
	return inject_find_code(in) == 0 ? get_ready(in) : -1;
}

int inject_adopt(struct inject *in)
{
	in->threads = 0;
	in->changed = false;
	in->patience_ns = ADOPT_NS;
	if (!in->pid)
		return 0;
	inject_restore_limit(in);
	if (in->leaving) {
		let_go(in);
		return 0;
	}
	if (stop(in) != 0 || get_ready_again(in) != 0)
		return fail(in);
	inject_look_at_opened(in);
	inject_close_scratch(in);
	return 0;
}
