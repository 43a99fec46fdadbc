/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much slower a program gets while another core reads memory: by a kernel of memscan, by
 * memscan, by a plain loop, or by a memory tester that is installed.
 *
 *	build/bench/neighbour [ROWS.tsv]
 *
 * The neighbour does the same work again and again, while the other core is left alone and while
 * it reads, in turns of a hundredth of a second; its own time on its processor counts, as a
 * multiple of that of the turn next to it.
 */
#include "cpus.h"
#include "reader.h"
#include "victim.h"

enum {
	TURNS = 20,      /* of all readers with all neighbours, both ways */
	ESTIMATES = 21,  /* of the time of a step, */
	STEPS = 1 << 15, /* from so many */
	READERS_MAX = 32,
};

#define THROTTLED 1e9 /* bytes a second */

static const struct figure figure = {"What reading memory costs a neighbour on another core",
	"time the neighbour needs for its work; 1: as if nobody else read"};

/* --- Where --- */

static int cpus[2]; /* the neighbour's and the reader's */

static void say_where(void)
{
	printf("neighbour on CPU %d, readers on CPU %d: %s\n", cpus[0], cpus[1],
		cpu_are_siblings(cpus[0], cpus[1])
			? "siblings of one core, so the ratios show what threads share"
			: "two cores, says /sys");
}

static double step_ns(struct chase *chase)
{
	double times[ESTIMATES];

	chase_run(chase, chase->lines);
	for (int i = 0; i < ESTIMATES; i++) {
		double start = bench_now();

		chase_run(chase, STEPS);
		times[i] = (bench_now() - start) / STEPS;
	}
	return bench_estimate(times, ESTIMATES).median * 1e9;
}

/* An L3 that strangers have filled, or that a guest gets no share of, is none. */
static void say_how_far(void)
{
	struct chase far = chase_make(STREAMED);
	double l2 = step_ns(&neighbours[0].chase), l3 = step_ns(&neighbours[1].chase),
	       memory = step_ns(&far);

	printf("a step takes %.1f ns in L2, %.1f ns in L3, %.1f ns in memory\n", l2, l3, memory);
	if (l3 > memory * 2 / 3)
		puts("there is no L3 to be had here: its column shows another reader of memory");
}

/* --- Who reads --- */

static struct reader readers[READERS_MAX];
static size_t n_readers;
static double ratios[READERS_MAX][NEIGHBOURS][TURNS * OFTEN];
static double seconds[READERS_MAX]; /* that it was reading */

static struct reader *add(const char *name, const char *suffix)
{
	struct reader *reader = &readers[n_readers++];

	snprintf(reader->name, sizeof(reader->name), "%s%s", name, suffix);
	return reader;
}

static void spin(const char *p, const char *end)
{
	for (const char *page = p; page < end; page += 4096)
		plain_words(p, p + 4096);
}

/* What it costs already that somebody computes there: a shared core, or shared power. */
static const struct sweep_kernel spinner = {"one page, in L1", spin, plain_always};

/* Of memscan's kernels only the default is held back. */
static void add_loops(double rate, const char *suffix, double goal)
{
	const struct sweep_kernel *all[SWEEPS_MAX];
	size_t n = plain_and_kernels(all);

	for (size_t i = 0; i < n; i++) {
		if (rate > 0 && plain_is_kernel(all[i]) && !plain_has_goal(all[i]))
			continue;
		struct reader *reader = add(all[i]->name, suffix);

		reader->loop = all[i];
		reader->rate = rate;
		reader->goal = plain_has_goal(all[i]) ? goal : 0;
	}
}

static char file[64]; /* for memscan */

static void make_file(void)
{
	int fd = memfd_create("swept", MFD_CLOEXEC);
	char *map;

	if (fd < 0 || ftruncate(fd, READER_BYTES) != 0)
		bench_fail("make a file of memory");
	map = mmap(NULL, READER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		bench_fail("map a file of memory");
	memset(map, 0x5a, READER_BYTES);
	munmap(map, READER_BYTES);
	snprintf(file, sizeof(file), "/proc/%d/fd/%d", (int)getpid(), fd);
}

static const char *const memscan[] = {
	"memscan", "--no-idle", "--every", "1ms", "--file", file, NULL};
static const char *const memscan_slow[] = {
	"memscan", "--every", "1ms", "--rate", "1000000000", "--file", file, NULL};
static const char *const memtester[] = {"memtester", "256M", NULL};
static const char *const stressapptest[] = {
	"stressapptest", "-M", "256", "-m", "1", "-s", "3600", NULL};
static const char *const stress_ng[] = {
	"stress-ng", "--memrate", "1", "--memrate-bytes", "256M", "-t", "3600", NULL};

static const struct program {
	const char *name;
	const char *const *argv;
	double goal;
} programs[] = {
	{"memscan --no-idle", memscan, 1.05},
	{"memscan, 1 GB/s", memscan_slow, 1.02},
	{"memtester", memtester, 0},
	{"stressapptest", stressapptest, 0},
	{"stress-ng --memrate", stress_ng, 0},
};

static void add_programs(void)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		const struct program *program = &programs[i];

		if (!reader_is_installed(program->argv[0])) {
			printf("%s: not installed (tools/deps --bench)\n", program->argv[0]);
			continue;
		}
		struct reader *reader = add(program->name, "");

		reader->program = program->argv;
		reader->goal = program->goal;
	}
}

static void kill_readers(void)
{
	for (size_t i = 0; i < n_readers; i++)
		if (readers[i].pid)
			kill(-readers[i].pid, SIGKILL);
}

/* Whoever is halted would not even hear that its parent died. */
static void on_signal(int number)
{
	kill_readers();
	_exit(128 + number);
}

static void start_readers(void)
{
	const char *memory = plain_memory(READER_BYTES, MADV_HUGEPAGE);

	atexit(kill_readers);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	for (size_t i = 0; i < n_readers; i++)
		reader_start(&readers[i], memory, cpus[1]);
}

/* --- Turns --- */

static double measure_with(struct reader *reader, struct neighbour *neighbour)
{
	double start = wall_now(), result;

	reader_go_on(reader);
	sleep_until(start + 0.002);
	result = measure(neighbour);
	reader_halt(reader);
	seconds[reader - readers] += wall_now() - start;
	return result;
}

static double measure_without(struct neighbour *neighbour)
{
	sleep_until(wall_now() + 0.002);
	return measure(neighbour);
}

/* Who comes first changes, so that what gets slower or faster by itself cancels out. */
static double ratio_of(struct reader *reader, struct neighbour *neighbour, int turn)
{
	double with, without;

	if (turn % 2) {
		without = measure_without(neighbour);
		with = measure_with(reader, neighbour);
	} else {
		with = measure_with(reader, neighbour);
		without = measure_without(neighbour);
	}
	return with / without;
}

static void meet(size_t i, int j, int turn)
{
	for (int k = turn * neighbours[j].often; k < (turn + 1) * neighbours[j].often; k++)
		ratios[i][j][k] = ratio_of(&readers[i], &neighbours[j], k);
}

static void run_turn(int turn)
{
	for (size_t i = 0; i < n_readers; i++)
		for (int j = 0; j < NEIGHBOURS; j++)
			meet(i, j, turn);
}

static void print(size_t i, FILE *tsv)
{
	const struct reader *reader = &readers[i];

	printf("%-24s", reader->name);
	if (reader->loop && reader->loop != &spinner)
		printf(" %5.1f", (double)*reader->counter / seconds[i] / 1e9);
	else
		printf(" %5s", "");
	for (int j = 0; j < NEIGHBOURS; j++) {
		struct estimate slowdown =
			bench_estimate(ratios[i][j], (size_t)(TURNS * neighbours[j].often));

		printf("  %5.2f (%4.2f-%4.2f)", slowdown.median, slowdown.low, slowdown.high);
		bench_row(tsv, &figure, neighbours[j].name, reader->name, &slowdown, -reader->goal);
	}
	putchar('\n');
}

static void add_readers(void)
{
	add("nobody", "");
	add(spinner.name, "")->loop = &spinner;
	add_loops(0, "", 1.05);
	add_loops(THROTTLED, ", 1 GB/s", 1.02);
	make_file();
	add_programs();
}

static void print_all(FILE *tsv)
{
	printf("%-24s %5s  %-18s %-18s %-18s\n", "x slower while it reads", "GB/s",
		neighbours[0].name, neighbours[1].name, neighbours[2].name);
	for (size_t i = 0; i < n_readers; i++)
		print(i, tsv);
}

/* Of one that ended by itself nothing was measured. */
static void stop_readers(void)
{
	for (size_t i = 0; i < n_readers; i++)
		if (!reader_stop(&readers[i])) {
			fprintf(stderr, "%s: ended by itself\n", readers[i].name);
			exit(EXIT_FAILURE);
		}
}

int main(int argc, char **argv)
{
	FILE *tsv = bench_open_rows(argc, argv);

	if (!cpu_find_two(cpus)) {
		puts("neighbour: needs two processors");
		return EXIT_SUCCESS;
	}
	cpu_pin(cpus[0]);
	bench_go_first();
	say_where();
	make_neighbours();
	say_how_far();
	add_readers();
	start_readers();
	for (int turn = 0; turn < TURNS; turn++)
		run_turn(turn);
	stop_readers();
	print_all(tsv);
	bench_close_rows(tsv);
	return EXIT_SUCCESS;
}
