/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject_thread - what the files of inject do for each other; for them only. */
#ifndef MEMPATROL_INJECT_THREAD_H
#define MEMPATROL_INJECT_THREAD_H

#include "inject.h"
#include "process.h"

/* inject_open_tasks - list the threads of process PID; 0 or -1. */
int inject_open_tasks(struct process_list *tasks, const struct root *root, pid_t pid);

/* inject_is_gone - a thread in this state runs no more. */
static inline bool inject_is_gone(int state)
{
	return state == 'Z' || state == 'X';
}

/* inject_hold - stop the process by SIGSTOP, unless it is; 0 or -1. */
int inject_hold(struct inject *in);

/* inject_wait_until_stopped - until that has come to every thread; 0 or -1 (EBUSY: after a second).
 */
int inject_wait_until_stopped(const struct inject *in);

/* inject_seize_all - trace every thread of a process that is stopped; 0 or -1. */
int inject_seize_all(struct inject *in);

/* inject_get_registers, inject_set_registers - of a thread that is stopped; 0 or -1. */
int inject_get_registers(pid_t thread, struct user_regs_struct *out);
int inject_set_registers(pid_t thread, const struct user_regs_struct *registers);

enum inject_place {
	INJECT_AT_CALL, /* before or behind a system call */
	INJECT_AT_REST, /* where PTRACE_INTERRUPT stops a thread */
};

/* inject_run - let the caller run by ptrace REQUEST until it stops at PLACE; 0 or -1. */
int inject_run(struct inject *in, int request, enum inject_place place);

/* inject_block_signals - all that can be, for the caller; 0 or -1. */
int inject_block_signals(const struct inject *in);

/* inject_look_at_opened - remember what the last call has opened, if that was left undone. */
void inject_look_at_opened(struct inject *in);

/* inject_close_scratch - there is none afterwards, whether it was mapped or only about to be. */
void inject_close_scratch(struct inject *in);

/* inject_clean - close and unmap what is there for calls only. */
void inject_clean(struct inject *in);

#endif
