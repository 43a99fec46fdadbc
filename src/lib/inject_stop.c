/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: stopping a process, and letting it go on. */
#include "inject.h"
#include "inject_arch.h"
#include "inject_thread.h"
#include "maps.h"
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* No value that a register is likely to have. */
#define FIRST_MARK UINT64_C(0x696e6a6563740000)

enum {
	STOP_LIMIT_NS = 1000000000, /* a guest that stands still longer notices */
	LOOK_AGAIN_NS = 20000,
	VDSO_MAX = 16 << 10,
	RSEQ_CS_AT = 8, /* of struct rseq (linux/rseq.h) */
};

static int open_tasks(struct process_list *tasks, const struct root *root, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%d/task", pid);
	return process_list_open(tasks, root, path);
}

/* --- The group stop --- */

static bool is_gone(int state)
{
	return state == 'Z' || state == 'X';
}

/* Every thread of the process is in a group stop, or has ended: 1, 0, or -1. */
static int is_stopped(const struct inject *in)
{
	struct process_list tasks;
	unsigned int tid;
	int more, stopped = 1;

	if (open_tasks(&tasks, in->root, in->pid) != 0)
		return -1;
	while ((more = process_list_next(&tasks, &tid)) > 0) {
		int state = process_thread_state(in->root, in->pid, tid);

		if (state >= 0 && state != 'T' && !is_gone(state))
			stopped = 0;
	}
	process_list_close(&tasks);
	return more < 0 ? -1 : stopped;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int wait_until_stopped(const struct inject *in)
{
	const struct timespec pause = {.tv_nsec = LOOK_AGAIN_NS};
	int64_t limit = now_ns() + STOP_LIMIT_NS;
	int stopped;

	while ((stopped = is_stopped(in)) == 0) {
		if (now_ns() > limit) {
			errno = EBUSY;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return stopped < 0 ? -1 : 0;
}

static int hold(struct inject *in)
{
	int stopped = is_stopped(in);

	if (stopped != 0)
		return stopped < 0 ? -1 : 0;
	in->held = true;
	inject_step();
	if (kill(in->pid, SIGSTOP) != 0)
		return -1;
	inject_step();
	return wait_until_stopped(in);
}

/* --- Tracing --- */

/* Some signal is about to be delivered, so that the call was interrupted by it. */
static bool has_signal(const struct inject *in, pid_t thread)
{
	uint64_t own, shared, blocked;

	if (process_status_u64(in->root, in->pid, thread, "SigPnd", 16, &own) != 0 ||
		process_status_u64(in->root, in->pid, thread, "ShdPnd", 16, &shared) != 0 ||
		process_status_u64(in->root, in->pid, thread, "SigBlk", 16, &blocked) != 0)
		return true; /* then the call fails as it does on any stop */
	return ((own | shared) & ~blocked) != 0;
}

static int mend_interrupted_call(const struct inject *in, pid_t thread)
{
	struct user_regs_struct registers;

	if (inject_get_registers(thread, &registers) != 0)
		return -1;
	if (!inject_arch_restart(&registers) || has_signal(in, thread))
		return 0;
	return inject_set_registers(thread, &registers);
}

static bool is_known(const struct inject *in, pid_t thread)
{
	for (unsigned int i = 0; i < in->threads; i++)
		if (in->thread[i] == thread)
			return true;
	return false;
}

/* Seize one thread; threads that end meanwhile are passed over. */
static int seize(struct inject *in, pid_t thread)
{
	uintptr_t options = PTRACE_O_TRACESYSGOOD;
	uint64_t filters;
	int status;

	if (in->threads == INJECT_THREADS_MAX) {
		errno = E2BIG;
		return -1;
	}
	if (process_status_u64(in->root, in->pid, thread, "Seccomp", 10, &filters) == 0 && filters)
		options |= PTRACE_O_SUSPEND_SECCOMP;
	if (ptrace(PTRACE_SEIZE, thread, NULL, options) != 0)
		return errno == ESRCH ? 0 : -1;
	if (waitpid(thread, &status, __WALL) != thread)
		return -1;
	if (!WIFSTOPPED(status))
		return 0;
	in->thread[in->threads++] = thread;
	return mend_interrupted_call(in, thread);
}

/* Seize what is not seized yet; how many threads were, or -1. */
static int seize_more(struct inject *in)
{
	struct process_list tasks;
	unsigned int before = in->threads, tid;
	int more, result = 0;

	if (open_tasks(&tasks, in->root, in->pid) != 0)
		return -1;
	while (result == 0 && (more = process_list_next(&tasks, &tid)) > 0) {
		int state = process_thread_state(in->root, in->pid, tid);

		if (state >= 0 && !is_gone(state) && !is_known(in, (pid_t)tid))
			result = seize(in, (pid_t)tid);
	}
	process_list_close(&tasks);
	return result != 0 || more < 0 ? -1 : (int)(in->threads - before);
}

static int seize_all(struct inject *in)
{
	int n;

	in->threads = 0;
	while ((n = seize_more(in)) > 0)
		;
	if (n == 0 && in->threads == 0) {
		errno = ESRCH;
		return -1;
	}
	return n;
}

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

/* --- What the caller needs, and is given back --- */

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
	if (hold(in) != 0 || seize_all(in) != 0 || choose_caller(in) != 0 ||
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
	if (!in->leaving && wait_until_stopped(in) == 0 && seize_all(in) == 0 &&
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
