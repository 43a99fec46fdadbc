/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * meddle - do something to a program at one exact point of its run, whatever the machine's speed
 *
 *	meddle POINT ACTION COMMAND [ARG]...
 *
 * COMMAND is held still at POINT while ACTION is done, and then goes on by itself:
 *
 *	N       when it enters or leaves a system call for the Nth time
 *	NAME:N  when it enters system call NAME for the Nth time
 *	A,B     at point B, counted from point A on
 *
 *	SIGNAL  "TERM", "USR1", …: the signal waits for it when it goes on
 *	other   a command of sh(1), with the process as $pid
 *
 * Exit status: that of COMMAND, 128 and the signal that ended it, or 125 when the
 * action failed or could not be tried.  A COMMAND that ends before POINT is told of on
 * standard error, "meddle: ended at 843", counted as its last step is.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_MEDDLE = 125, STOP_SYSCALL = SIGTRAP | 0x80 };

/* Those that tests name. */
static const struct {
	const char *name;
	long number;
} calls[] = {
	{"openat2", SYS_openat2},
	{"ppoll", SYS_ppoll},
	{"pread64", SYS_pread64},
	{"pwrite64", SYS_pwrite64},
};

struct point {
	long call; /* the number of the system call, or -1: any, entered or left */
	unsigned long wanted, seen;
	const char *next; /* the steps behind this one, or NULL */
};

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "meddle: %s: %s\n", what, strerror(errno));
	exit(STATUS_MEDDLE);
}

static long find_call(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (strlen(calls[i].name) == len && !strncmp(calls[i].name, name, len))
			return calls[i].number;
	return -1;
}

static struct point parse_step(const char *text)
{
	size_t name = strcspn(text, ":,");
	bool is_named = text[name] == ':';
	struct point point = {.call = is_named ? find_call(text, name) : -1};
	char *end;

	point.wanted = strtoul(is_named ? text + name + 1 : text, &end, 10);
	if (*end == ',')
		point.next = end + 1;
	errno = EINVAL;
	if ((*end && *end != ',') || !point.wanted || (is_named && point.call < 0))
		fail(text);
	return point;
}

static bool counts(const struct point *point, pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (point->call < 0)
		return true;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0)
		fail("look at a system call");
	return info.op == PTRACE_SYSCALL_INFO_ENTRY && (long)info.entry.nr == point->call;
}

static bool is_at(struct point *point, pid_t pid)
{
	if (!counts(point, pid) || ++point->seen != point->wanted)
		return false;
	if (!point->next)
		return true;
	*point = parse_step(point->next);
	return false;
}

static int signal_called(const char *name)
{
	for (int number = 1; number < 32; number++)
		if (sigabbrev_np(number) && !strcmp(sigabbrev_np(number), name))
			return number;
	return 0;
}

static void act(const char *action, pid_t pid)
{
	int number = signal_called(action);
	char text[16];

	if (number) {
		if (kill(pid, number) != 0)
			fail(action);
		return;
	}
	snprintf(text, sizeof(text), "%d", pid);
	setenv("pid", text, 1);
	errno = ECANCELED;
	if (system(action) != 0) /* NOLINT(cert-env33-c): a test's own command */
		fail(action);
}

/* A process that waits to be traced and then becomes COMMAND. */
static pid_t start(char **command)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid > 0)
		return pid;
	setenv("ASAN_OPTIONS", "detect_leaks=0", 0); /* which does not work while traced */
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		fail("be traced");
	raise(SIGSTOP);
	execvp(*command, command);
	fail(*command);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("wait");
	return status;
}

/* Follow PID until it is at POINT; true, or false when it has ended with *status. */
static bool follow(pid_t pid, struct point *point, int *status)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	bool running = false; /* COMMAND, and not yet the search for it */
	int pass_on = 0;

	wait_for(pid);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, options) < 0)
		fail("trace");
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (long)pass_on) < 0)
			fail("go on");
		*status = wait_for(pid);
		pass_on = 0;
		if (!WIFSTOPPED(*status))
			return false;
		if (*status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8))
			running = true;
		else if (WSTOPSIG(*status) != STOP_SYSCALL)
			pass_on = WSTOPSIG(*status);
		else if (running && is_at(point, pid))
			return true;
	}
}

int main(int argc, char **argv)
{
	int status;

	errno = EINVAL;
	if (argc < 4)
		fail("meddle POINT ACTION COMMAND...");

	struct point point = parse_step(argv[1]);
	pid_t pid = start(argv + 3);

	if (follow(pid, &point, &status)) {
		act(argv[2], pid);
		if (ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0)
			fail("let go");
		status = wait_for(pid);
	} else {
		fprintf(stderr, "meddle: ended at %lu\n", point.seen);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
