/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * busy - a process of six threads that uses huge pages, and notices if they are harmed.
 *
 *	busy create|attach|private FILE BYTES [WORD]...
 *
 * Words: seccomp (the calls that would be its end are forbidden), advice (flags and a lock on
 * the memory), node1 (bound to NUMA node 1), pinned (the first page, by io_uring), traced
 * (by its child), nobody (without rights, also to lock memory), spare (the second huge page is in
 * no page table, and left alone until the line "use"), locked (whatever it maps is locked, and
 *there at once), sealed (the memory, by mseal(2): nothing can take its place), areas (it has some
 *hundred more).
 *
 * Two threads count in every 4 KiB of the memory, and check what else is in it; four are blocked
 * in calls.  It prints "#ready"; then, for each line that it reads, a record of what it has
 * seen:
 *
 *	busy pid=123 va=0x00007f0000000000 wrong=0 lost=1 lost_page=700 lsb=12 other=0
 *	    woken=0 early=0 mine=5678 memory=5678
 *
 * lost pages answer with BUS_MCEERR_AR of their own 4 KiB, other is any other SIGBUS that is not
 * one of a whole huge page; mine is how often it has counted in pages that are not lost, and
 * memory what those hold; woken, the calls that have returned; early, signals for errors that
 * nobody has met.  After the line "hold" it counts no more until the next line; the line
 * "forget N" has it give up page N, which is not touched any more.
 */
#include "clock.h"
#include "num.h"
#include "page.h"
#include "rec.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/mempolicy.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
	COUNTERS = 2,
	SLEEPERS = 4,
	PAGES_MAX = 1 << 18,
	MARK_AT = 1,
	COUNT_AT = 8,
	HUGE_PAGES = 512,
	AREAS = 300,
	SYS_MSEAL = 462 /* asm/unistd_64.h since Linux 6.10 */
};

static char *memory;
static size_t pages;
static unsigned int counted[COUNTERS][PAGES_MAX];
static _Atomic bool is_lost[PAGES_MAX];
static _Atomic int paused, started;
static _Atomic bool pausing, sparing;
static _Atomic unsigned long wrong, other, early, woken, lost_lsb;
static int silent[2]; /* a pipe that nobody writes to */
static int epoll;     /* waits for it */
static int futex;
static bool no_memory_failure; /* a kernel that has one kind of SIGBUS only */
static __thread sigjmp_buf out;
static __thread size_t bad_pages; /* that the last SIGBUS was about */

static uint64_t *words(size_t page)
{
	return (uint64_t *)(memory + page * PAGE_BYTES);
}

static uint64_t mark(size_t page)
{
	return UINT64_C(0xa500000000000000) | page;
}

static void nap(void)
{
	const struct timespec t = {.tv_nsec = 20000000};

	nanosleep(&t, NULL);
}

static void on_sigbus(int number, siginfo_t *info, void *context)
{
	size_t page = (size_t)((char *)info->si_addr - memory) / PAGE_BYTES;

	(void)number;
	(void)context;
	if (info->si_code == BUS_MCEERR_AO) {
		early++;
		return;
	}
	if (page >= pages)
		abort();
	bad_pages = info->si_code == BUS_MCEERR_AR ? (size_t)1 << (info->si_addr_lsb - PAGE_SHIFT)
						   : HUGE_PAGES;
	if (info->si_code == BUS_MCEERR_AR && info->si_addr_lsb == PAGE_SHIFT) {
		is_lost[page] = true;
		lost_lsb = PAGE_SHIFT;
	} else if (info->si_code == BUS_ADRERR && no_memory_failure) {
		is_lost[page] = true;
	} else if (info->si_code != BUS_MCEERR_AR) {
		other++;
	}
	siglongjmp(out, 1);
}

static bool is_spared(size_t page)
{
	return sparing && page / HUGE_PAGES == 1;
}

/*
 * The page to look at after one that failed.  A whole huge page is left until the next round, when
 * somebody may have repaired it: the kernel says something on the console each time.
 */
static size_t behind(size_t page)
{
	return is_lost[page] || is_spared(page) ? page + 1 : (page | (bad_pages - 1)) + 1;
}

/* Count in a page, and return the next. */
static size_t count_in(unsigned int *count, size_t page)
{
	if (sigsetjmp(out, 1))
		return behind(page);
	if (is_lost[page] || is_spared(page))
		return page + 1;
	if (((volatile uint64_t *)words(page))[MARK_AT] != mark(page))
		wrong++;
	__atomic_fetch_add(words(page) + COUNT_AT, 1, __ATOMIC_SEQ_CST);
	count[page]++;
	return page + 1;
}

/*
 * Nine times as long as the round took that began at START: whoever repairs the memory, and whoever
 * looks on, needs the processor, too, and a slow machine has little of it.
 */
static void rest(uint64_t start)
{
	uint64_t now = clock_now(), end = now + 9 * (now - start);

	do
		nap();
	while (!pausing && clock_now() < end);
}

_Noreturn static void *count(void *arg)
{
	uint64_t start;

	started++;
	for (;; rest(start)) {
		start = clock_now();
		for (size_t page = 0; page < pages;) {
			if (pausing) {
				paused++;
				while (pausing)
					nap();
				paused--;
			}
			page = count_in(arg, page);
		}
	}
}

static void *sleep_in_a_call(void *arg)
{
	struct pollfd poll_fd = {.fd = silent[0], .events = POLLIN};
	struct epoll_event event;
	char c;

	started++;
	switch ((uintptr_t)arg) {
	case 0:
		poll(&poll_fd, 1, -1);
		break;
	case 1:
		syscall(SYS_futex, &futex, FUTEX_WAIT, 0, NULL, NULL, 0);
		break;
	case 2:
		if (read(silent[0], &c, 1) >= 0)
			other++;
		break;
	default:
		epoll_wait(epoll, &event, 1, -1);
	}
	woken++;
	return NULL;
}

/* What is done to it from outside would be its end, were it its own doing. */
static void forbid_calls(void)
{
	static const unsigned int forbidden[] = {SYS_mremap, SYS_userfaultfd, SYS_socketpair};
	struct sock_filter filter[2 * 3 + 2];
	size_t n = 0;

	filter[n++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < 3; i++) {
		filter[n++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, forbidden[i], 0, 1);
		filter[n++] =
			(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	}
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

	struct sock_fprog program = {(unsigned short)n, filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		die_errno(STATUS_FAILED, "forbid calls");
}

static void bind_to_node_1(void)
{
	unsigned long nodes = 1UL << 1;

	if (syscall(SYS_mbind, memory, pages * PAGE_BYTES, MPOL_BIND, &nodes, 64, 0) != 0)
		die_errno(STATUS_FAILED, "bind memory");
}

static void advise(void)
{
	size_t size = pages * PAGE_BYTES;

	if (madvise(memory, size, MADV_DONTFORK) != 0 ||
		madvise(memory, size, MADV_DONTDUMP) != 0 || mlock(memory, size) != 0)
		die_errno(STATUS_FAILED, "advise");
}

static void pin_first_page(void)
{
	struct io_uring_params params = {0};
	struct iovec first = {memory, PAGE_BYTES};
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params);

	if (ring < 0 ||
		syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &first, 1) != 0)
		die_errno(STATUS_FAILED, "pin memory");
}

static void be_traced(void)
{
	pid_t parent = getpid();

	if (fork() > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ptrace(PTRACE_SEIZE, parent, NULL, NULL) == 0)
		for (;;)
			pause();
	_exit(1);
}

static void spare_second(void)
{
	sparing = true;
	if (madvise(words(HUGE_PAGES), (size_t)HUGE_PAGES * PAGE_BYTES, MADV_DONTNEED) != 0)
		die_errno(STATUS_FAILED, "leave memory alone");
}

static void be_nobody(void)
{
	const struct rlimit nothing = {0, 0};

	if (setrlimit(RLIMIT_MEMLOCK, &nothing) != 0 || setresuid(65534, 65534, 65534) != 0)
		die_errno(STATUS_FAILED, "be nobody");
}

static void lock_all(void)
{
	if (mlockall(MCL_FUTURE) != 0)
		die_errno(STATUS_FAILED, "lock all memory");
}

static void seal(void)
{
	if (syscall(SYS_MSEAL, memory, pages * PAGE_BYTES, 0) != 0)
		die_errno(STATUS_FAILED, "seal memory");
}

/* Areas next to each other stay apart when their rights differ. */
static void have_areas(void)
{
	char *area = mmap(
		NULL, (size_t)AREAS * PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (size_t i = 0; i < AREAS; i += 2)
		if (area == MAP_FAILED ||
			mprotect(area + i * PAGE_BYTES, PAGE_BYTES, PROT_READ) != 0)
			die_errno(STATUS_FAILED, "have many areas");
}

static const struct {
	const char *word;
	void (*do_it)(void);
} habits[] = {
	{"seccomp", forbid_calls},
	{"advice", advise},
	{"pinned", pin_first_page},
	{"traced", be_traced},
	{"spare", spare_second},
	{"nobody", be_nobody},
	{"locked", lock_all},
	{"sealed", seal},
	{"areas", have_areas},
};

static void take_habit(const char *word)
{
	for (size_t i = 0; i < sizeof(habits) / sizeof(*habits); i++)
		if (!strcmp(word, habits[i].word))
			habits[i].do_it();
}

static void map_memory(const char *how, const char *path, bool on_node_1)
{
	int flags = strcmp(how, "private") ? MAP_SHARED : MAP_PRIVATE;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		die_errno(STATUS_FAILED, "open %s", path);
	memory = mmap(NULL, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (memory == MAP_FAILED)
		die_errno(STATUS_FAILED, "map %s", path);
	close(fd);
	if (on_node_1)
		bind_to_node_1();
	for (size_t page = 0; strcmp(how, "attach") != 0 && page < pages; page++)
		words(page)[MARK_AT] = mark(page);
}

static void start_threads(void)
{
	struct epoll_event event = {.events = EPOLLIN};
	pthread_t thread;

	if (pipe(silent) != 0)
		die_errno(STATUS_FAILED, "make pipe");
	epoll = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(epoll, EPOLL_CTL_ADD, silent[0], &event);
	for (int i = 0; i < COUNTERS; i++)
		pthread_create(&thread, NULL, count, counted[i]);
	for (uintptr_t i = 0; i < SLEEPERS; i++)
		pthread_create(&thread, NULL, sleep_in_a_call, (void *)i);
	/* Until then they block all signals. */
	while (started < COUNTERS + SLEEPERS)
		nap();
}

/* What has been counted in a page; false while it cannot be read. */
static bool read_count(size_t page, uint64_t *count)
{
	if (is_spared(page) || sigsetjmp(out, 1))
		return false;
	*count = words(page)[COUNT_AT];
	return true;
}

/* Every page is looked at once more, so that what is lost is known. */
static void look_at_all(void)
{
	static unsigned int ignored[PAGES_MAX];

	for (size_t page = 0, next; page < pages; page = next) {
		next = count_in(ignored, page);
		counted[0][page] += ignored[page];
		ignored[page] = 0;
	}
}

static void report(bool stay_paused)
{
	static struct rec_writer record;
	uint64_t mine = 0, there = 0, lost = 0, last = 0, count;

	pausing = true;
	while (paused < COUNTERS)
		nap();
	look_at_all();
	for (size_t page = 0; page < pages; page++) {
		if (is_lost[page]) {
			lost++;
			last = page;
			continue;
		}
		if (!read_count(page, &count)) {
			page = behind(page) - 1;
			continue;
		}
		for (int i = 0; i < COUNTERS; i++)
			mine += counted[i][page];
		there += count;
	}
	rec_begin(&record, "busy");
	rec_put_u64(&record, "pid", (uint64_t)getpid());
	rec_put_addr(&record, "va", (uintptr_t)memory);
	rec_put_u64(&record, "wrong", wrong);
	rec_put_u64(&record, "lost", lost);
	if (lost)
		rec_put_u64(&record, "lost_page", last);
	if (lost_lsb)
		rec_put_u64(&record, "lsb", lost_lsb);
	rec_put_u64(&record, "other", other);
	rec_put_u64(&record, "woken", woken);
	rec_put_u64(&record, "early", early);
	rec_put_u64(&record, "mine", mine);
	rec_put_u64(&record, "memory", there);
	if (rec_send(&record, stdout) != 0 || fflush(stdout) != 0)
		exit(say_output_failed());
	pausing = stay_paused;
	while (!pausing && paused)
		nap();
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};
	char line[64];
	uint64_t size;
	size_t page;

	say_open("busy");
	if (argc < 4 || num_size(argv[3], 2 << 20, (uint64_t)PAGES_MAX * PAGE_BYTES, &size))
		die(STATUS_USAGE, "use memory: give create, attach or private, a file and a size");
	pages = (size_t)size / PAGE_BYTES;
	map_memory(argv[1], argv[2], argc > 4 && !strcmp(argv[4], "node1"));
	for (int i = 4; i < argc; i++)
		take_habit(argv[i]);
	no_memory_failure = access("/proc/sys/vm/memory_failure_recovery", F_OK) != 0;
	sigaction(SIGBUS, &action, NULL);
	start_threads();
	puts("#ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "use\n"))
			sparing = false;
		if (sscanf(line, "forget %zu", &page) == 1 && page < pages)
			is_lost[page] = true;
		report(!strcmp(line, "hold\n"));
	}
	return 0;
}
