/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader - a process that reads memory on a processor of its own: a loop, or a program.  It is
 * halted and let go on many times, so that a disturbance from outside meets both states alike.
 */
#ifndef MEMPATROL_READER_H
#define MEMPATROL_READER_H

#include "cpus.h"
#include "plain.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum {
	READER_BYTES = 512 << 20,
	READER_PIECE = 2 << 20, /* between looks at the clock, as memscan does */
};

struct reader {
	char name[40];
	const struct sweep_kernel *loop; /* NULL: a program, or nobody */
	double rate;                     /* of the loop, bytes a second; 0: all it can */
	const char *const *program;
	double goal;                /* for plot */
	pid_t pid;                  /* of its group; 0: nobody */
	volatile uint64_t *counter; /* bytes that the loop has read */
};

static inline double wall_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void sleep_until(double due)
{
	struct timespec t = {.tv_sec = (time_t)due};

	t.tv_nsec = (long)((due - (double)t.tv_sec) * 1e9);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* Time that it was halted is not made up for. */
static inline double reader_wait(const struct reader *reader, double due)
{
	double now = wall_now();

	due += READER_PIECE / reader->rate;
	if (due < now)
		return now;
	sleep_until(due);
	return due;
}

static inline _Noreturn void reader_loop(const struct reader *reader, const char *memory)
{
	double due = wall_now();

	for (size_t at = 0;; at = (at + READER_PIECE) % READER_BYTES) {
		reader->loop->load(memory + at, memory + at + READER_PIECE);
		*reader->counter += READER_PIECE;
		if (reader->rate > 0)
			due = reader_wait(reader, due);
	}
}

static inline _Noreturn void reader_be(const struct reader *reader, const char *memory, int cpu)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	cpu_pin(cpu);
	if (reader->loop)
		reader_loop(reader, memory);
	if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
		_exit(126);
	execvp(reader->program[0], (char *const *)reader->program);
	_exit(127);
}

/* reader_is_installed - there is such a program in PATH. */
static inline bool reader_is_installed(const char *program)
{
	char path[4096], whole[8192], *rest = path, *place;

	snprintf(path, sizeof(path), "%s", getenv("PATH") ? getenv("PATH") : "");
	while ((place = strsep(&rest, ":"))) {
		snprintf(whole, sizeof(whole), "%s/%s", place, program);
		if (access(whole, X_OK) == 0)
			return true;
	}
	return false;
}

static inline void reader_halt(const struct reader *reader)
{
	if (reader->pid)
		kill(-reader->pid, SIGSTOP);
}

static inline void reader_go_on(const struct reader *reader)
{
	if (reader->pid)
		kill(-reader->pid, SIGCONT);
}

/* reader_start - on CPU, reading MEMORY if it is a loop; it is halted then. */
static inline void reader_start(struct reader *reader, const char *memory, int cpu)
{
	if (!reader->loop && !reader->program)
		return;
	reader->counter = mmap(NULL, sizeof(*reader->counter), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (reader->counter == MAP_FAILED)
		bench_fail("get memory");
	fflush(NULL);
	reader->pid = fork();
	if (reader->pid < 0)
		bench_fail("start a reader");
	if (reader->pid == 0)
		reader_be(reader, memory, cpu);
	setpgid(reader->pid, reader->pid);                     /* whoever is first */
	sleep_until(wall_now() + (reader->program ? 1.5 : 0)); /* they fill their memory first */
	reader_halt(reader);
}

/* reader_stop - for good; false when it was not there any more: nothing was measured then. */
static inline bool reader_stop(struct reader *reader)
{
	int status;

	if (!reader->pid)
		return true;
	if (waitpid(reader->pid, &status, WNOHANG) != 0)
		return false;
	kill(-reader->pid, SIGKILL);
	waitpid(reader->pid, &status, 0);
	reader->pid = 0;
	return true;
}

#endif
