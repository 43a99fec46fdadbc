/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject_thread - what inject.c does for inject_stop.c; for them only. */
#ifndef MEMPATROL_INJECT_THREAD_H
#define MEMPATROL_INJECT_THREAD_H

#include "inject.h"

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
