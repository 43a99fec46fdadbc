/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process - which process a number stands for, and what it is (proc(5)). */
#ifndef MEMPATROL_PROCESS_H
#define MEMPATROL_PROCESS_H

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * process_start - when process PID began, in clock ticks since the boot: with the number it
 * tells a process from a later one of the same number.  -1 with errno (ENOENT, ESRCH: there
 * is none; EBADMSG: not the file the kernel writes).
 */
int process_start(const struct root *root, pid_t pid, uint64_t *start);

/*
 * process_is - process PID is still the one that began at START, and has memory.  From the moment
 * when it begins to end it has none, long before its number is free: giving back the memory of
 * a large machine takes seconds, and its parent may not ask for its status for as long as it likes.
 */
bool process_is(const struct root *root, pid_t pid, uint64_t start);

/* process_has_ended - it is certain that it is not: what could not be looked at may be there. */
bool process_has_ended(const struct root *root, pid_t pid, uint64_t start);

/*
 * process_early_kill - whether the kernel tells process PID of an error in its memory at
 * once (SIGBUS, BUS_MCEERR_AO), or only when it touches the page: its threads' policy
 * (PR_MCE_KILL in prctl(2)), or else vm.memory_failure_early_kill.  As find_early_kill_thread()
 * in mm/memory-failure.c decides; the policy shows as PF_MCE_PROCESS and PF_MCE_EARLY
 * (include/linux/sched.h) in the flags of /proc/PID/task/TID/stat.
 * Returns 1, 0, or -1 with errno where it cannot be seen.
 */
int process_early_kill(const struct root *root, pid_t pid);

/*
 * process_thread_state - the state of thread TID of process PID as proc(5) writes it, R, S, D, T
 * (stopped), t (by a tracer), Z and so on; -1 with errno.
 */
int process_thread_state(const struct root *root, pid_t pid, unsigned int tid);

/*
 * process_status_u64 - the number behind KEY in /proc/PID/task/TID/status, of BASE 10 or 16; -1
 * with errno (ENOENT: no such thread or no such key).
 */
int process_status_u64(
	const struct root *root, pid_t pid, pid_t tid, const char *key, int base, uint64_t *out);

/* process_link - the target of link PATH as a string; its length, or -1 with errno. */
ssize_t process_link(const struct root *root, char *out, size_t size, const char *path);

/* The numbers that are names in a directory of /proc: processes, threads, descriptors. */
struct process_list {
	int fd;
	size_t at, end;
	_Alignas(8) char buffer[4096];
};

/* process_list_open - begin to list PATH; -1 with errno. */
int process_list_open(struct process_list *list, const struct root *root, const char *path);

/* process_list_next - the next number; 1, 0 behind the last, -1 with errno. */
int process_list_next(struct process_list *list, unsigned int *number);

void process_list_close(struct process_list *list);

#endif
