/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inject - make system calls inside another process, and leave it as it was.
 *
 *	inject_stop(&in, &root, pid);
 *	at = inject_call(&in, SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
 *	inject_release(&in);
 *
 * Its threads are held by ptrace(2) alone: when who traces them dies, however that is, they run on
 * (__ptrace_unlink() in kernel/ptrace.c).  So at each moment they must be fit to.  The one that
 * makes the calls does so in code of ours, which knows the way back: the call that was begun comes
 * to its end, and the thread goes on where it was.  That code is put where a process has room that
 * nobody uses, behind what is loaded of its vDSO, and taken away in the end.
 *
 * What the calls have changed stays then, until whoever has the struct inject repairs it with
 * inject_adopt() and inject_release().  So keep it where another process can see it, in shared
 * memory.
 *
 * The process notices nothing.  Signals that arrive meanwhile wait.  Calls that were blocked go on;
 * see inject_arch_restart() for those that the kernel would have failed.
 *
 * Only x86-64 is implemented; elsewhere, and for a process of another architecture, errno is
 * ENOTSUP.  Functions return -1 with errno; where the process is gone that is ESRCH.
 */
#ifndef MEMPATROL_INJECT_H
#define MEMPATROL_INJECT_H

#include "root.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/user.h>
#undef PAGE_SHIFT /* page.h has one, of the same value */

#define INJECT_CODE 384 /* bytes */

enum {
	INJECT_THREADS_MAX = 4096,
	INJECT_FDS_MAX = 4,
	INJECT_SCRATCH = 4096, /* bytes at scratch */
};

/* What a call that has not been looked at yet may have opened. */
enum inject_opening {
	INJECT_OPENS_NOTHING,
	INJECT_OPENS_RESULT,  /* the descriptor it returned */
	INJECT_OPENS_PAIR,    /* two, as int[2] at scratch */
	INJECT_OPENS_MESSAGE, /* what came with the message at scratch */
};

struct inject {
	const struct root *root;
	uint64_t since;                 /* when it began to stand still, by clock_now() */
	uint64_t patience_ns;           /* until its threads stand still */
	pid_t pid;                      /* 0: inject_stop() was never called */
	bool firm;                      /* stopped by SIGSTOP, too */
	bool held;                      /* and that by us: it is to be continued */
	bool sent_again;                /* SIGSTOP, by us */
	bool leaving;                   /* about to be let go of, or already so */
	bool stop_more;                 /* SIGSTOP came from somebody else meanwhile */
	bool changed;                   /* the registers of caller are not its own */
	pid_t caller;                   /* the thread that makes the calls; 0: none */
	uint64_t code;                  /* address of ours; 0: nowhere */
	unsigned char was[INJECT_CODE]; /* what is there otherwise */
	struct user_regs_struct registers;
	uint64_t signals; /* its mask */
	uint64_t scratch; /* a page of its memory for arguments; 0: none */
	enum inject_opening opening;
	bool limit_raised; /* RLIMIT_MEMLOCK, which was: */
	struct rlimit limit;
	int fd[INJECT_FDS_MAX];      /* descriptors of the process that are to be closed, or -1 */
	unsigned int threads, still; /* of these, the first stand still */
	pid_t thread[INJECT_THREADS_MAX];
};

/*
 * inject_on_step - have STEP called between any two things that could be interrupted; tests
 * end the program there.
 */
void inject_on_step(void (*step)(void));

/* inject_step - one more such place, for callers that have some of their own. */
void inject_step(void);

/*
 * inject_is_traced - 1: some thread of process PID has a tracer, so that inject_stop() would fail
 * with EPERM; 0; or -1 with errno.
 */
int inject_is_traced(const struct root *root, pid_t pid);

/*
 * inject_can_suspend_seccomp - calls pass the seccomp(2) filters of a process.  It takes
 * CAP_SYS_ADMIN, CONFIG_CHECKPOINT_RESTORE, and a caller without filters of its own
 * (PTRACE_O_SUSPEND_SECCOMP in ptrace(2)).  0, or -1 with errno.
 */
int inject_can_suspend_seccomp(void);

/*
 * inject_stop - stop all threads of process PID and get ready to make calls.
 * On failure the process goes on as if nothing had been.  ENOTSUP: another architecture, or no
 * vDSO with room; EPERM: traced by somebody, or no right to; EBUSY: some thread did not stop within
 * a second; E2BIG: more than INJECT_THREADS_MAX threads.
 */
int inject_stop(struct inject *in, const struct root *root, pid_t pid);

/*
 * inject_stop_firmly - the same, but a process that must not run on by itself stays stopped when
 * who holds it dies, until SIGCONT.  Its parent is told that it stops and goes on, and SIGCONT is
 * delivered, unless it was stopped before.
 */
int inject_stop_firmly(struct inject *in, const struct root *root, pid_t pid);

/* inject_call - the result of system call NUMBER with up to six arguments, as syscall(2). */
#define inject_call(in, number, ...) inject_call_array(in, number, (const uint64_t[6]){__VA_ARGS__})
int64_t inject_call_array(struct inject *in, long number, const uint64_t argument[6]);

/* inject_read, inject_write - SIZE bytes of its memory at VA; 0 or -1. */
int inject_read(const struct inject *in, uint64_t va, void *out, size_t size);
int inject_write(const struct inject *in, uint64_t va, const void *data, size_t size);

/*
 * inject_find_hole - SIZE bytes of its address space, aligned to ALIGN (a power of two), that
 * are free and far from everything that grows.  0 with errno ENOMEM.
 */
uint64_t inject_find_hole(const struct inject *in, uint64_t size, uint64_t align);

/* inject_open_scratch - have in->scratch; 0 or -1. */
int inject_open_scratch(struct inject *in);

/*
 * inject_open - a call that opens one descriptor, which inject_release() closes unless
 * inject_close() does.  The descriptor in the process, or -1.  It takes 8 bytes at scratch.
 */
#define inject_open(in, number, ...) inject_open_array(in, number, (const uint64_t[6]){__VA_ARGS__})
int inject_open_array(struct inject *in, long number, const uint64_t argument[6]);
void inject_close(struct inject *in, int fd);

/* inject_take_fd - a descriptor of the caller's own for descriptor FD of the process. */
int inject_take_fd(const struct inject *in, int fd);

/* inject_give_fd - the number in the process of its own descriptor for FD, as inject_open(). */
int inject_give_fd(struct inject *in, int fd);

/*
 * inject_lock - lock SIZE bytes of its memory at VA, those that are there and others as they come,
 * whatever its own limit: that is lifted for the one call.  0 or -1.
 */
int inject_lock(struct inject *in, uint64_t va, uint64_t size);

/* inject_release - undo all of the above but what was called and locked, and let the process go on.
 */
void inject_release(struct inject *in);

/*
 * inject_adopt - stop a process again that was held by somebody who has died, whatever he was
 * doing.  Calls can be made, and inject_release() must be called.  -1 with errno where that cannot
 * be: the process goes on.
 */
int inject_adopt(struct inject *in);

#endif
