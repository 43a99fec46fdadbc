/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: calls inside another process, which notices nothing; on the machine itself. */
#include "inject.h"
#include "maps.h"
#include "process.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Under AddressSanitizer everything is slower, and there is more of it. */
enum { SPINNERS = 2, FORKERS = 2, NAP_S = 2, SIGNALS = 50, STOPS = 20, NOT_BACK = -10000 };

enum sleeper { NANOSLEEP, POLL, FUTEX, READ, EPOLL, URING, SLEEPERS };

/* What the victim and the test both see. */
struct shared {
	_Atomic int ready;
	_Atomic int back[SLEEPERS]; /* what the call returned, or a negated errno */
	_Atomic long count[SPINNERS];
	_Atomic long wrong; /* sums that came out otherwise */
	_Atomic long signals;
	_Atomic int futex;
	_Atomic int tid[SLEEPERS], forker[FORKERS], spinner[SPINNERS];
};

static struct root root;
static struct shared *shared;
static struct inject in;
static int wake[2]; /* a pipe that the victim's sleepers wait for */
static pid_t victim;
static int filters;   /* the next victim forbids itself some calls */
static int forked[2]; /* a pipe that children of the next victim wait for; 0: it has none */

/* --- The victim --- */

static void nap(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static int sleep_in(enum sleeper kind)
{
	struct timespec time = {.tv_sec = NAP_S};
	struct pollfd poll_fd = {.fd = wake[0], .events = POLLIN};
	struct epoll_event event = {.events = EPOLLIN};
	struct io_uring_params params = {0};
	int fd;
	char c;

	switch (kind) {
	case NANOSLEEP:
		return nanosleep(&time, NULL);
	case POLL:
		return poll(&poll_fd, 1, -1);
	case FUTEX:
		return (int)syscall(SYS_futex, &shared->futex, FUTEX_WAIT, 0, NULL, NULL, 0);
	case READ:
		return (int)read(wake[0], &c, 1);
	case EPOLL:
		fd = epoll_create1(0);
		epoll_ctl(fd, EPOLL_CTL_ADD, wake[0], &event);
		return epoll_wait(fd, &event, 1, -1);
	default: /* nothing is ever submitted, so that nothing ever completes */
		fd = (int)syscall(SYS_io_uring_setup, 1, &params);
		if (fd < 0)
			pause();
		return (int)syscall(SYS_io_uring_enter, fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0);
	}
}

/* It does not end: that would change what the victim has mapped, whenever its time comes. */
_Noreturn static void *sleeper(void *arg)
{
	enum sleeper kind = (enum sleeper)(uintptr_t)arg;

	shared->tid[kind] = (int)syscall(SYS_gettid);
	shared->ready++;
	int result = sleep_in(kind);
	shared->back[kind] = result < 0 ? -errno : result;
	for (;;)
		pause();
}

_Noreturn static void *spinner(void *arg)
{
	uintptr_t which = (uintptr_t)arg;
	_Atomic long *count = &shared->count[which];

	shared->spinner[which] = (int)syscall(SYS_gettid);
	shared->ready++;
	for (;;) {
		double sum = 0;
		uint64_t mixed = 1;

		for (int i = 1; i <= 1000; i++) {
			sum += i * 0.5;
			mixed = mixed * 6364136223846793005 + (uint64_t)i;
		}
		if (sum != 250250.0 || mixed != UINT64_C(1268012618205120581))
			shared->wrong++;
		(*count)++;
	}
}

/* It cannot be stopped before its child ends (wait_for_vfork_done() in kernel/fork.c). */
_Noreturn static void *forker(void *arg)
{
	char c;

	shared->forker[(uintptr_t)arg] = (int)syscall(SYS_gettid);
	shared->ready++;
	if (vfork() == 0)
		_exit(read(forked[0], &c, 1) != 1);
	for (;;)
		pause();
}

static void on_signal(int number)
{
	(void)number;
	shared->signals++;
}

/* Calls that are injected below would be its end. */
static void forbid_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socketpair, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = {4, filter};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(1);
}

static _Noreturn void be_victim(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (filters)
		forbid_calls();
	for (uintptr_t i = 0; i < SLEEPERS; i++)
		pthread_create(&thread, NULL, sleeper, (void *)i);
	if (forked[0])
		pthread_create(&thread, NULL, forker, (void *)0);
	for (uintptr_t i = 0; i < SPINNERS; i++)
		pthread_create(&thread, NULL, spinner, (void *)i);
	if (forked[0])
		pthread_create(&thread, NULL, forker, (void *)1);
	/* Only the main thread takes signals: those of others are still as they were made. */
	sigaction(SIGRTMIN, &action, NULL);
	shared->ready++;
	for (;;)
		pause();
}

static void wait_until_asleep(void)
{
	for (int i = 0; i < SLEEPERS; i++)
		while (shared->back[i] == NOT_BACK &&
			process_thread_state(&root, victim, (unsigned int)shared->tid[i]) != 'S')
			nap(1);
}

static void start_victim(void)
{
	memset(shared, 0, sizeof(*shared));
	for (int i = 0; i < SLEEPERS; i++)
		shared->back[i] = NOT_BACK;
	if (pipe(wake) != 0)
		exit(1);
	victim = fork();
	if (victim == 0)
		be_victim();
	while (shared->ready < SLEEPERS + SPINNERS + 1 + (forked[0] ? FORKERS : 0))
		nap(1);
	wait_until_asleep();
}

static void end_victim(void)
{
	int status;

	kill(victim, SIGKILL);
	waitpid(victim, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(wake[0]);
	close(wake[1]);
}

/* Its threads run on, and have computed nothing wrong. */
static void check_runs(void)
{
	for (int i = 0; i < SPINNERS; i++) {
		long before = shared->count[i];

		for (int n = 0; n < 60000 && shared->count[i] == before; n++)
			nap(1);
		CHECK(shared->count[i] != before);
	}
	CHECK_U64(shared->wrong, 0);
}

static int count_fds(void)
{
	struct process_list fds;
	unsigned int fd;
	char path[64];
	int n = 0;

	snprintf(path, sizeof(path), "proc/%d/fd", victim);
	CHECK(process_list_open(&fds, &root, path) == 0);
	while (process_list_next(&fds, &fd) > 0)
		n++;
	process_list_close(&fds);
	return n;
}

static int count_areas(void)
{
	static struct maps maps;
	static struct vma vma;
	int n = 0;

	CHECK(maps_open(&maps, &root, victim) == 0);
	while (maps_next(&maps, &vma) > 0)
		n++;
	maps_close(&maps);
	return n;
}

static int leader_state(void)
{
	return process_thread_state(&root, victim, (unsigned int)victim);
}

/* --- Tests --- */

static void calls_return_what_they_return(void)
{
	start_victim();
	CHECK(inject_stop(&in, &root, victim) == 0);
	CHECK_U64(inject_call(&in, SYS_getpid), (uint64_t)victim);
	CHECK_U64(inject_call(&in, SYS_getppid), (uint64_t)getpid());
	errno = 0;
	CHECK(inject_call(&in, SYS_close, (uint64_t)-1) == -1 && errno == EBADF);
	inject_release(&in);
	check_runs();
	end_victim();
}

static void all_threads_stand_still(void)
{
	start_victim();
	CHECK(inject_stop(&in, &root, victim) == 0);
	CHECK_U64(in.threads, SLEEPERS + SPINNERS + 1);
	for (int i = 0; i < SPINNERS; i++) {
		long before = shared->count[i];

		nap(20);
		CHECK_U64(shared->count[i], before);
	}
	inject_release(&in);
	check_runs();
	end_victim();
}

static void wait_for_return(enum sleeper kind, int wanted)
{
	for (int i = 0; i < 60000 && shared->back[kind] == NOT_BACK; i++)
		nap(1);
	if (shared->back[kind] != wanted) {
		printf("# sleeper %d: %d, not %d\n", kind, shared->back[kind], wanted);
		CHECK(shared->back[kind] == wanted);
	}
}

static void blocked_calls_sleep_on(void)
{
	start_victim();
	for (int i = 0; i < STOPS; i++) {
		CHECK(inject_stop(&in, &root, victim) == 0);
		inject_call(&in, SYS_getpid);
		inject_release(&in);
		check_runs();
	}
	for (int i = POLL; i < SLEEPERS; i++)
		CHECK(shared->back[i] == NOT_BACK);
	wait_until_asleep(); /* or else its call, made again, would find another value */
	shared->futex = 1;
	syscall(SYS_futex, &shared->futex, FUTEX_WAKE, 100, NULL, NULL, 0);
	CHECK(write(wake[1], "x", 1) == 1);
	wait_for_return(NANOSLEEP, 0);
	wait_for_return(FUTEX, 0);
	/* One of them takes the byte. */
	wait_for_return(READ, 1);
	CHECK(write(wake[1], "x", 1) == 1);
	wait_for_return(POLL, 1);
	wait_for_return(EPOLL, 1);
	CHECK(shared->back[URING] == NOT_BACK);
	end_victim();
}

static void signals_wait_and_are_delivered(void)
{
	start_victim();
	CHECK(inject_stop(&in, &root, victim) == 0);
	for (int i = 0; i < SIGNALS; i++) {
		CHECK(sigqueue(victim, SIGRTMIN, (union sigval){0}) == 0);
		inject_call(&in, SYS_getpid);
	}
	CHECK_U64(shared->signals, 0);
	inject_release(&in);
	for (int i = 0; i < 60000 && shared->signals < SIGNALS; i++)
		nap(1);
	CHECK_U64(shared->signals, SIGNALS);
	check_runs();
	end_victim();
}

static void what_was_stopped_stays_so(void)
{
	start_victim();
	kill(victim, SIGSTOP);
	while (leader_state() != 'T')
		nap(1);
	CHECK(inject_stop(&in, &root, victim) == 0);
	CHECK_U64(inject_call(&in, SYS_getpid), (uint64_t)victim);
	inject_release(&in);
	nap(50);
	CHECK(leader_state() == 'T');
	kill(victim, SIGCONT);
	check_runs();
	end_victim();
}

static void who_stops_it_meanwhile_has_it_stopped(void)
{
	start_victim();
	CHECK(inject_stop(&in, &root, victim) == 0);
	kill(victim, SIGSTOP);
	CHECK_U64(inject_call(&in, SYS_getpid), (uint64_t)victim);
	inject_release(&in);
	nap(50);
	CHECK(leader_state() == 'T');
	kill(victim, SIGCONT);
	/* Who looks after it once more does not stop it again. */
	CHECK(inject_adopt(&in) == 0);
	inject_release(&in);
	check_runs();
	end_victim();
}

/* In the midst of a call of the first thread, which ends last. */
static _Noreturn void be_killer(void)
{
	while (leader_state() != 'S')
		nap(1);
	kill(victim, SIGKILL);
	_exit(0);
}

static _Noreturn void call_who_is_killed(void)
{
	alarm(300); /* rather than to wait for ever */
	if (inject_stop(&in, &root, victim) != 0 || in.caller != victim)
		_exit(1);
	if (fork() == 0)
		be_killer();
	errno = 0;
	if (inject_call(&in, SYS_pause) != -1 || errno != ESRCH)
		_exit(2);
	inject_release(&in);
	_exit(0);
}

static unsigned int exit_status(pid_t worker)
{
	int status = 0;

	waitpid(worker, &status, 0);
	return WIFEXITED(status) ? (unsigned int)WEXITSTATUS(status) : 128;
}

static void who_is_killed_in_a_call_is_gone(void)
{
	pid_t worker;

	start_victim();
	worker = fork();
	if (worker == 0)
		call_who_is_killed();
	CHECK_U64(exit_status(worker), 0);
	end_victim();
}

static int state_of(int thread)
{
	return process_thread_state(&root, victim, (unsigned int)thread);
}

/* Those before and behind it in the list of threads. */
static void none_waits_for_one_that_cannot_stop(void)
{
	pid_t worker;

	CHECK(pipe(forked) == 0);
	start_victim();
	for (int i = 0; i < FORKERS; i++)
		while (state_of(shared->forker[i]) != 'D')
			nap(1);
	worker = fork();
	if (worker == 0)
		_exit(inject_stop(&in, &root, victim) != -1 || errno != EBUSY);
	for (int i = 0; i < 60000 && state_of(shared->spinner[0]) != 't'; i++)
		nap(1);
	check_runs();
	for (int i = 0; i < FORKERS; i++)
		CHECK(state_of(shared->forker[i]) == 'D');
	CHECK(write(forked[1], "xx", 2) == 2);
	CHECK_U64(exit_status(worker), 0);
	end_victim();
	close(forked[0]);
	close(forked[1]);
	forked[0] = 0;
}

static void a_traced_process_is_left_alone(void)
{
	int ready[2];
	pid_t tracer;
	char c;

	start_victim();
	CHECK(pipe(ready) == 0);
	tracer = fork();
	if (tracer == 0) {
		if (ptrace(PTRACE_SEIZE, victim, NULL, NULL) == 0 && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	CHECK(read(ready[0], &c, 1) == 1);
	CHECK(inject_is_traced(&root, victim) == 1);
	errno = 0;
	CHECK(inject_stop(&in, &root, victim) == -1 && errno == EPERM);
	check_runs();
	kill(tracer, SIGKILL);
	waitpid(tracer, NULL, 0);
	CHECK(inject_is_traced(&root, victim) == 0);
	close(ready[0]);
	close(ready[1]);
	end_victim();
}

static void filters_are_passed(void)
{
	if (inject_can_suspend_seccomp() != 0) {
		unit_skip("this kernel or user cannot suspend seccomp");
		return;
	}
	filters = 1;
	start_victim();
	filters = 0;
	CHECK(inject_stop(&in, &root, victim) == 0);
	CHECK(inject_give_fd(&in, wake[1]) >= 0);
	inject_release(&in);
	check_runs();
	end_victim();
}

static void descriptors_come_and_go(void)
{
	int fds, areas, fd, mine;
	struct stat here, there;

	start_victim();
	fds = count_fds();
	areas = count_areas();
	CHECK(inject_stop(&in, &root, victim) == 0);
	fd = inject_give_fd(&in, wake[1]);
	CHECK(fd >= 0);
	CHECK_U64(count_fds(), (unsigned int)fds + 1);
	mine = inject_take_fd(&in, fd);
	CHECK(fstat(mine, &there) == 0 && fstat(wake[1], &here) == 0 &&
		here.st_ino == there.st_ino);
	close(mine);
	inject_release(&in);
	CHECK_U64(count_fds(), (unsigned int)fds);
	CHECK_U64(count_areas(), (unsigned int)areas);
	check_runs();
	end_victim();
}

/* --- Death of the tracer --- */

static int steps_left;
static bool firmly;

static void die_at_step(void)
{
	if (--steps_left == 0)
		raise(SIGKILL);
}

static _Noreturn void be_worker(struct inject *at)
{
	inject_on_step(die_at_step);
	if ((firmly ? inject_stop_firmly : inject_stop)(at, &root, victim) == 0) {
		inject_give_fd(at, wake[1]);
		inject_open(at, SYS_memfd_create, at->scratch, 0);
		inject_release(at);
	}
	_exit(0);
}

static void a_tracer_that_dies_anywhere_is_replaced(void)
{
	struct inject *at =
		mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0, fds, areas;

	start_victim();
	fds = count_fds();
	areas = count_areas();
	for (int step = 1; !WIFEXITED(status) || step == 1; step++) {
		steps_left = step;
		pid_t worker = fork();

		if (worker == 0)
			be_worker(at);
		waitpid(worker, &status, 0);
		CHECK(inject_adopt(at) == 0);
		inject_release(at);
		check_runs();
		CHECK_U64(count_fds(), (unsigned int)fds);
		CHECK_U64(count_areas(), (unsigned int)areas);
		if (unit_failed_checks) {
			printf("# step %d\n", step);
			break;
		}
		CHECK(step < 200);
	}
	CHECK_U64(shared->signals, 0);
	for (int i = POLL; i < SLEEPERS; i++)
		CHECK(shared->back[i] == NOT_BACK);
	wait_for_return(NANOSLEEP, 0);
	end_victim();
	munmap(at, sizeof(*at));
}

/*
 * Whatever it is doing, and nobody comes after it: the process runs on with the registers, the
 * signal mask and the blocked calls that it had.
 */
static void a_tracer_that_dies_anywhere_is_not_needed(void)
{
	struct inject *at =
		mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;

	for (int step = 1; !WIFEXITED(status) || step == 1; step++) {
		start_victim();
		steps_left = step;
		pid_t worker = fork();

		if (worker == 0)
			be_worker(at);
		waitpid(worker, &status, 0);
		check_runs();
		/* Not to the process: another thread would take it while this one blocks it. */
		CHECK(syscall(SYS_tgkill, victim, victim, SIGRTMIN) == 0);
		for (int i = 0; i < 60000 && !shared->signals; i++)
			nap(1);
		CHECK_U64(shared->signals, 1);
		for (int i = POLL; i < SLEEPERS; i++)
			CHECK(shared->back[i] == NOT_BACK);
		end_victim();
		if (unit_failed_checks) {
			printf("# step %d\n", step);
			break;
		}
		CHECK(step < 200);
	}
	munmap(at, sizeof(*at));
}

static void a_tracer_of_a_stopped_process_is_replaced(void)
{
	firmly = true;
	a_tracer_that_dies_anywhere_is_replaced();
	firmly = false;
}

int main(void)
{
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	root_open(&root, NULL);
	UNIT(calls_return_what_they_return);
	UNIT(all_threads_stand_still);
	UNIT(blocked_calls_sleep_on);
	UNIT(signals_wait_and_are_delivered);
	UNIT(what_was_stopped_stays_so);
	UNIT(who_stops_it_meanwhile_has_it_stopped);
	UNIT(who_is_killed_in_a_call_is_gone);
	UNIT(none_waits_for_one_that_cannot_stop);
	UNIT(a_traced_process_is_left_alone);
	UNIT(filters_are_passed);
	UNIT(descriptors_come_and_go);
	UNIT(a_tracer_that_dies_anywhere_is_replaced);
	UNIT(a_tracer_of_a_stopped_process_is_replaced);
	UNIT(a_tracer_that_dies_anywhere_is_not_needed);
	return unit_end();
}
