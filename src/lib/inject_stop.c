/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: stopping a process, and letting it go on. */
#include "inject.h"
#include "inject_arch.h"
#include "inject_thread.h"
#include "maps.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

/* No value that a register is likely to have. */
#define FIRST_MARK UINT64_C(0x696e6a6563740000)

enum {
	VDSO_MAX = 16 << 10,
	RSEQ_CS_AT = 8, /* of struct rseq (linux/rseq.h) */
};

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

static int find_instruction(struct inject *in)
{
	struct maps maps;
	struct vma vma;
	unsigned char code[VDSO_MAX];
	int more;

	if (maps_open(&maps, in->root, in->pid) != 0)
		return -1;
	while ((more = maps_next(&maps, &vma)) > 0 && strcmp(vma.path, "[vdso]") != 0)
		;
	maps_close(&maps);
	if (more < 0)
		return -1;

	size_t size = more ? (size_t)(vma.end - vma.start) : 0;

	if (size > sizeof(code))
		size = sizeof(code);
	if (more && inject_read(in, vma.start, code, size) != 0)
		return -1;

	ptrdiff_t at = inject_arch_find_instruction(code, size);

	if (at < 0) {
		errno = ENOTSUP;
		return -1;
	}
	in->instruction = vma.start + (uint64_t)at;
	return 0;
}

/*
 * While the caller is elsewhere the kernel forgets the sequence that it is in the middle of
 * (rseq_ip_fixup() in kernel/rseq.c), and would not abort it: so it is put back.
 */
static void save_rseq(struct inject *in)
{
	struct __ptrace_rseq_configuration rseq = {0};

	in->rseq = 0;
	if (ptrace(PTRACE_GET_RSEQ_CONFIGURATION, in->caller, sizeof(rseq), &rseq) < 0)
		return; /* before Linux 5.13 */
	if (rseq.rseq_abi_pointer &&
		inject_read(in, rseq.rseq_abi_pointer + RSEQ_CS_AT, &in->rseq_cs,
			sizeof(in->rseq_cs)) == 0 &&
		in->rseq_cs)
		in->rseq = rseq.rseq_abi_pointer + RSEQ_CS_AT;
}

static int save_caller(struct inject *in)
{
	save_rseq(in);
	return ptrace(PTRACE_GETSIGMASK, in->caller, sizeof(in->signals), &in->signals) == 0 ? 0
											     : -1;
}

/*
 * The stop on the way makes the kernel look at what the caller was doing as after any signal,
 * and restart its call if it was in one: only it can, for some calls.
 */
static void restore_caller(struct inject *in)
{
	if (in->rseq)
		inject_write(in, in->rseq, &in->rseq_cs, sizeof(in->rseq_cs));
	inject_set_registers(in->caller, &in->registers);
	inject_step();
	ptrace(PTRACE_INTERRUPT, in->caller, NULL, NULL);
	inject_run(in, PTRACE_CONT, INJECT_AT_REST);
	inject_step();
	ptrace(PTRACE_SETSIGMASK, in->caller, sizeof(in->signals), &in->signals);
	inject_step();
	in->changed = false;
}

/* --- All of it --- */

static int stop(struct inject *in)
{
	if (inject_hold(in) != 0 || inject_seize_all(in) != 0 || choose_caller(in) != 0 ||
		find_instruction(in) != 0)
		return -1;
	return save_caller(in);
}

static void let_go(struct inject *in)
{
	for (unsigned int i = 0; i < in->threads; i++)
		ptrace(PTRACE_DETACH, in->thread[i], NULL, NULL);
	in->threads = 0;
	in->leaving = true;
	inject_step();
	if (in->held && !in->stop_more)
		kill(in->pid, SIGCONT);
	inject_step();
	in->held = false;
}

int inject_stop(struct inject *in, const struct root *root, pid_t pid)
{
	int traced = inject_is_traced(root, pid);

	if (traced != 0) {
		errno = traced < 0 ? errno : EPERM;
		return -1;
	}
	memset(in, 0, sizeof(*in));
	in->root = root;
	in->pid = pid;
	memset(in->fd, -1, sizeof(in->fd));
	in->mark = FIRST_MARK;
	if (stop(in) == 0)
		return 0;

	int error = errno;

	let_go(in);
	errno = error;
	return -1;
}

void inject_release(struct inject *in)
{
	inject_clean(in);
	if (in->changed)
		restore_caller(in);
	let_go(in);
}

int inject_adopt(struct inject *in)
{
	if (!in->held && !in->changed)
		return 0;
	in->threads = 0;
	/* Also what is not changed is seized: see mend_interrupted_call(). */
	if (!in->leaving && inject_wait_until_stopped(in) == 0 && inject_seize_all(in) == 0 &&
		(!in->changed || inject_block_signals(in) == 0)) {
		inject_look_at_opened(in);
		inject_close_scratch(in);
		return 0;
	}
	if (in->changed)
		return -1;
	let_go(in);
	return 0;
}
