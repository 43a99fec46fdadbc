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

/* inject_hold - stop the process by SIGSTOP, unless it is; 0 or -1 (EBUSY: not in time). */
int inject_hold(struct inject *in);

/* inject_look_again - let some time pass before the next look, more when there were many. */
void inject_look_again(unsigned int looks);

/* inject_seize_all - trace and stop every thread; 0 or -1 (EBUSY: not in time). */
int inject_seize_all(struct inject *in);

/* inject_detach_all - let all of them run on. */
void inject_detach_all(struct inject *in);

/* inject_get_registers, inject_set_registers - of a thread that is stopped; 0 or -1. */
int inject_get_registers(pid_t thread, struct user_regs_struct *out);
int inject_set_registers(pid_t thread, const struct user_regs_struct *registers);

/* inject_find_code - where our code is to be: in->code and in->was; 0 or -1 (ENOTSUP). */
int inject_find_code(struct inject *in);

/* inject_put_code - have it there, for in->registers and in->signals; 0 or -1. */
int inject_put_code(struct inject *in);

/* inject_take_code - have there what was. */
void inject_take_code(struct inject *in);

/* inject_keep_result - have a call whose tracer dies put its result to AT; 0: nowhere.  0 or -1. */
int inject_keep_result(const struct inject *in, uint64_t at);

/* inject_block_signals - all that can be, for the caller; 0 or -1. */
int inject_block_signals(const struct inject *in);

/* inject_look_at_opened - remember what the last call has opened, if that was left undone. */
void inject_look_at_opened(struct inject *in);

/* inject_close_scratch - there is none afterwards, whether it was mapped or only about to be. */
void inject_close_scratch(struct inject *in);

/* inject_restore_limit - if inject_lock() has raised it. */
void inject_restore_limit(struct inject *in);

/* inject_clean - close and unmap what is there for calls only. */
void inject_clean(struct inject *in);

#endif
