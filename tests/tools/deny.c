/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deny - run a program that may not use a system call, as containers and services have it
 *
 *	deny CALL COMMAND [ARG]...
 *
 * CALL answers EPERM, whatever rights COMMAND has (seccomp(2)).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STATUS_DENY = 125 };

static const struct {
	const char *name;
	unsigned int number;
} calls[] = {
	{"userfaultfd", SYS_userfaultfd},
	{"sched_setscheduler", SYS_sched_setscheduler},
};

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "deny: %s: %s\n", what, strerror(errno));
	exit(STATUS_DENY);
}

static unsigned int find_call(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(calls[i].name, name))
			return calls[i].number;
	errno = EINVAL;
	fail(name);
}

static void deny(unsigned int call)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		fail("filter system calls");
}

int main(int argc, char **argv)
{
	errno = EINVAL;
	if (argc < 3)
		fail("deny CALL COMMAND...");
	deny(find_call(argv[1]));
	execvp(argv[2], argv + 2);
	fail(argv[2]);
}
