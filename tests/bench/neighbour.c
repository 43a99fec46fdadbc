/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much slower a program gets while another core reads memory: by a kernel of memscan, by
 * a plain loop, or by a memory tester that is installed.
 *
 *	build/bench/neighbour [ROWS.tsv]
 *
 * The neighbour's own time on its processor counts, as a multiple of what it needed in the same
 * round while the other core was left alone.  It works in short slices and the median slice
 * counts: one that was interrupted has to fill its caches again, whoever reads elsewhere.
 */
#include "plain.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SWEPT = 512 << 20,
	CHUNK = 4 << 20, /* between looks at the clock */
	STREAMED = 256 << 20,
	SLICES = 15,
	STREAM_SLICE = STREAMED / SLICES / 256 * 256,
	STEPS = 1 << 17, /* of a pointer chaser in a slice */
	READERS_MAX = 32,
	NEIGHBOURS = 3,
};

#define THROTTLED 1e9 /* bytes a second */

/* Who reads on the other core. */
struct reader {
	char name[40];
	const struct sweep_kernel *loop; /* NULL: a program, or nobody */
	double rate;                     /* bytes a second; 0: all it can */
	char *const *program;
	double goal;
	double seconds[NEIGHBOURS][BENCH_ROUNDS];
};

static struct reader readers[READERS_MAX];
static size_t n_readers;

static char *const stressapptest[] = {"stressapptest", "-M", "256", "-m", "1", "-s", "3600", NULL};
static char *const memtester[] = {"memtester", "256M", NULL};
static char *const stress_ng[] = {
	"stress-ng", "--memrate", "1", "--memrate-bytes", "256M", "-t", "3600", NULL};
static char *const *const programs[] = {stressapptest, memtester, stress_ng};

/* --- The neighbour: an amount of work that is always the same --- */

static void **chain; /* a random tour of some memory */

/* On from where the slice before it ended: whatever it evicted is met again. */
static void chase(void)
{
	for (int i = 0; i < STEPS; i++)
		chain = *(void *volatile *)chain;
}

static uint64_t random_state = 88172645463325252;

static size_t random_below(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state % limit);
}

/* One cycle through all lines (Sattolo), so that no prefetcher can follow. */
static void **make_chain(size_t size)
{
	char *memory =
		plain_memory((size + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES, MADV_HUGEPAGE);
	size_t lines = size / SWEEP_LINE;
	size_t *order = calloc(lines, sizeof(*order));

	if (!order)
		bench_fail("get memory");
	for (size_t i = 0; i < lines; i++)
		order[i] = i;
	for (size_t i = lines - 1; i > 0; i--) {
		size_t other = random_below(i), swapped = order[i];

		order[i] = order[other];
		order[other] = swapped;
	}
	for (size_t i = 0; i < lines; i++)
		*(void **)(memory + i * SWEEP_LINE) = memory + order[i] * SWEEP_LINE;
	free(order);
	return (void **)memory;
}

static const char *streamed;

static void stream(void)
{
	static size_t at;

	plain_words(streamed + at, streamed + at + STREAM_SLICE);
	at = (at + STREAM_SLICE) % (STREAM_SLICE * SLICES);
}

static struct neighbour {
	const char *name;
	void (*work)(void);
	void **chain;
} neighbours[NEIGHBOURS] = {
	{"in L2", chase, NULL},
	{"in L3", chase, NULL},
	{"streaming", stream, NULL},
};

/* Half of the L2; the L3 is shared with who knows whom, so it gets no more than a quarter. */
static void make_neighbours(void)
{
	long l2 = sysconf(_SC_LEVEL2_CACHE_SIZE), l3 = sysconf(_SC_LEVEL3_CACHE_SIZE);

	if (l2 <= 0)
		l2 = 1 << 20;
	if (l3 < 2 * l2)
		l3 = 16 * l2;
	neighbours[0].chain = make_chain((size_t)l2 / 2);
	neighbours[1].chain = make_chain((size_t)(l3 / 4 < 4 * l2 ? l3 / 4 : 4 * l2));
	streamed = plain_memory(STREAMED, MADV_HUGEPAGE);
}

static double measure(const struct neighbour *neighbour)
{
	double slices[SLICES];

	chain = neighbour->chain;
	for (int i = 0; i < SLICES; i++) /* into its cache again */
		neighbour->work();
	for (int i = 0; i < SLICES; i++) {
		double start = bench_now();

		neighbour->work();
		slices[i] = bench_now() - start;
	}
	qsort(slices, SLICES, sizeof(*slices), bench_by_value);
	return slices[SLICES / 2];
}

/* --- The other core --- */

static int cpus[2]; /* the neighbour's and the reader's */
static const char *swept;

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		bench_fail("keep to a processor");
}

static void find_cpus(void)
{
	cpu_set_t set;
	int found = 0;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		bench_fail("ask for processors");
	for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++)
		if (CPU_ISSET(cpu, &set))
			cpus[found++] = cpu;
	if (found == 2)
		return;
	puts("neighbour: needs two processors");
	exit(EXIT_SUCCESS);
}

static void wait_until(struct timespec *due, double seconds)
{
	due->tv_nsec += (long)(seconds * 1e9);
	due->tv_sec += due->tv_nsec / 1000000000;
	due->tv_nsec %= 1000000000;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, due, NULL) == EINTR)
		;
}

static _Noreturn void sweep_for_ever(const struct reader *reader)
{
	struct timespec due;

	clock_gettime(CLOCK_MONOTONIC, &due);
	for (size_t at = 0;; at = (at + CHUNK) % SWEPT) {
		reader->loop->load(swept + at, swept + at + CHUNK);
		if (reader->rate > 0)
			wait_until(&due, CHUNK / reader->rate);
	}
}

static _Noreturn void be_reader(const struct reader *reader)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	pin(cpus[1]);
	if (reader->loop)
		sweep_for_ever(reader);
	if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
		_exit(126);
	execvp(reader->program[0], reader->program);
	_exit(127);
}

static void sleep_for(double seconds)
{
	struct timespec due;

	clock_gettime(CLOCK_MONOTONIC, &due);
	wait_until(&due, seconds);
}

static pid_t start(const struct reader *reader)
{
	if (!reader->loop && !reader->program)
		return 0;
	fflush(NULL);

	pid_t pid = fork();

	if (pid < 0)
		bench_fail("start a reader");
	if (pid == 0)
		be_reader(reader);
	setpgid(pid, pid);                       /* whoever is first */
	sleep_for(reader->program ? 1.0 : 0.02); /* programs fill their memory first */
	return pid;
}

/* Returns false when it was not there any more: nothing was measured then. */
static bool stop(pid_t pid)
{
	int status;

	if (!pid)
		return true;
	if (waitpid(pid, &status, WNOHANG) != 0)
		return false;
	kill(-pid, SIGKILL);
	waitpid(pid, &status, 0);
	return true;
}

/* --- Who is measured --- */

static struct reader *add(const char *name, const char *suffix)
{
	struct reader *reader = &readers[n_readers++];

	snprintf(reader->name, sizeof(reader->name), "%s%s", name, suffix);
	return reader;
}

static void add_loops(double rate, const char *suffix, double goal)
{
	const struct sweep_kernel *all[SWEEPS_MAX];
	size_t n = plain_and_kernels(all);

	for (size_t i = 0; i < n; i++) {
		struct reader *reader = add(all[i]->name, suffix);

		reader->loop = all[i];
		reader->rate = rate;
		reader->goal = plain_has_goal(all[i]) ? goal : 0;
	}
}

static bool is_installed(const char *program)
{
	char path[256];
	static const char *const places[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin"};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(path, sizeof(path), "%s/%s", places[i], program);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

static void add_programs(void)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (is_installed(programs[i][0]))
			add(programs[i][0], "")->program = programs[i];
}

static void run_round(int round)
{
	for (size_t i = 0; i < n_readers; i++) {
		pid_t pid = start(&readers[i]);

		for (int j = 0; j < NEIGHBOURS; j++)
			readers[i].seconds[j][round] = measure(&neighbours[j]);
		if (!stop(pid)) {
			fprintf(stderr, "%s: ended by itself\n", readers[i].name);
			exit(EXIT_FAILURE);
		}
	}
}

static void print(struct reader *reader, FILE *tsv)
{
	printf("%-26s", reader->name);
	for (int j = 0; j < NEIGHBOURS; j++) {
		double slowdown = bench_median_of(reader->seconds[j]);

		printf(" %9.2f", slowdown);
		bench_row(tsv, "Slowdown of a neighbour on another core", neighbours[j].name,
			reader->name, slowdown, -reader->goal);
	}
	putchar('\n');
}

/* Nobody comes first and is what everybody is held against, round by round. */
static void make_ratios(void)
{
	for (size_t i = n_readers; i-- > 0;)
		for (int j = 0; j < NEIGHBOURS; j++)
			for (int round = 0; round < BENCH_ROUNDS; round++)
				readers[i].seconds[j][round] /= readers[0].seconds[j][round];
}

int main(int argc, char **argv)
{
	FILE *tsv = bench_open_rows(argc, argv);

	find_cpus();
	add("nobody", "");
	add_loops(0, "", 1.05);
	add_loops(THROTTLED, ", 1 GB/s", 1.02);
	add_programs();
	swept = plain_memory(SWEPT, MADV_HUGEPAGE);
	make_neighbours();
	pin(cpus[0]);
	for (int round = 0; round < BENCH_ROUNDS; round++)
		run_round(round);
	make_ratios();
	printf("%-26s %9s %9s %9s\n", "x slower while it reads", neighbours[0].name,
		neighbours[1].name, neighbours[2].name);
	for (size_t i = 0; i < n_readers; i++)
		print(&readers[i], tsv);
	bench_close_rows(tsv);
	return EXIT_SUCCESS;
}
