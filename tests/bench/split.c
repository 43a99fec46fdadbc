/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a process stands still while a huge page of it is replaced, as a multiple of the time
 * that memcpy(3) takes for as many bytes; and what hugesplit itself has in memory meanwhile.
 *
 *	split BYTES RUNS
 *
 * As root, with RUNS free huge pages of BYTES, which are lost: errors are made by MADV_HWPOISON.
 */
#include "bench.h"
#include "child.h"
#include "num.h"
#include "page.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

enum { THREADS = 6, COPIES = 9, RUNS_MAX = 1000, BAD = 100 };

static size_t size;
static char *memory;
static char others[THREADS][PAGE_BYTES];

/* --- The process that has the page --- */

_Noreturn static void *touch(void *arg)
{
	const struct timespec moment = {.tv_nsec = 1000000};

	for (volatile char *p = arg;; nanosleep(&moment, NULL))
		++*p;
}

/* Its own signal, which says that the page is bad, is of no interest. */
static void ignore(int number)
{
	(void)number;
}

static void make_bad_page(void)
{
	unsigned int order = (unsigned int)__builtin_ctzll(size) << MAP_HUGE_SHIFT;
	int fd = memfd_create("memory", MFD_CLOEXEC | MFD_HUGETLB | order);

	if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
		bench_fail("make memory");
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		bench_fail("map memory");
	memset(memory, 0xa5, size);
	signal(SIGBUS, ignore);
	if (madvise(memory + (size_t)BAD * PAGE_BYTES, PAGE_BYTES, MADV_HWPOISON) != 0)
		bench_fail("make an error");
}

static _Noreturn void have_page(int ready)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	make_bad_page();
	/* They are at work on other memory: this is bad. */
	for (int i = 0; i < THREADS - 1; i++)
		pthread_create(&thread, NULL, touch, others[i]);
	if (write(ready, &memory, sizeof(memory)) != sizeof(memory))
		bench_fail("tell of the page");
	for (;;)
		pause();
}

static pid_t start_process(void)
{
	int ready[2];
	pid_t pid;

	if (pipe(ready) != 0 || (pid = fork()) < 0)
		bench_fail("start a process");
	if (pid == 0)
		have_page(ready[1]);
	close(ready[1]);
	if (read(ready[0], &memory, sizeof(memory)) != sizeof(memory))
		bench_fail("wait for the page");
	close(ready[0]);
	return pid;
}

/* --- hugesplit --- */

static double parse_stopped(const char *record)
{
	const char *at = strstr(record, " stopped_ns=");

	if (!strstr(record, " result=done ") || !at) {
		fprintf(stderr, "not replaced: %s", record);
		exit(EXIT_FAILURE);
	}
	return strtod(at + strlen(" stopped_ns="), NULL) / 1e9;
}

/* Seconds that the process stood still; *rss becomes what hugesplit had in memory, at most. */
static double replace(pid_t pid, size_t *rss)
{
	char place[64], record[4096] = "";
	struct rusage usage;
	int out[2], status;
	pid_t child;

	snprintf(place, sizeof(place), "%d:%p", pid, (void *)memory);
	if (pipe(out) != 0 || (child = fork()) < 0)
		bench_fail("start hugesplit");
	if (child == 0) {
		dup2(out[1], STDOUT_FILENO);
		execlp("hugesplit", "hugesplit", "--max-age", "any", place, NULL);
		bench_fail("hugesplit");
	}
	close(out[1]);
	if (read(out[0], record, sizeof(record) - 1) < 0 ||
		wait4(child, &status, 0, &usage) != child)
		bench_fail("wait for hugesplit");
	close(out[0]);
	if (*rss < (size_t)usage.ru_maxrss << 10)
		*rss = (size_t)usage.ru_maxrss << 10;
	return parse_stopped(record);
}

/* --- memcpy --- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 2 MiB at a time, as much as is in the caches of none, into memory that is there. */
static double copy(void)
{
	size_t piece = 2 << 20;
	char *from = malloc(8 * piece), *to = malloc(8 * piece);
	double start;

	if (!from || !to)
		bench_fail("get memory");
	memset(from, 1, 8 * piece);
	memset(to, 2, 8 * piece);
	start = now();
	for (size_t at = 0; at < size; at += piece)
		memcpy(to + at % (8 * piece), from + at % (8 * piece), piece);
	start = now() - start;
	free(from);
	free(to);
	return start;
}

static const struct figure figure = {
	"How long a process stands still while hugesplit replaces a page",
	"time, as a multiple of that of memcpy(3) of as many bytes"};

static void print_row(FILE *tsv, double *stopped, uint64_t runs, double copied)
{
	struct estimate ratio;

	for (uint64_t i = 0; i < runs; i++)
		stopped[i] /= copied;
	ratio = bench_estimate(stopped, runs);
	bench_row(tsv, &figure, "hugesplit", size >= 1 << 30 ? "1 GiB" : "2 MiB", &ratio, -2);
}

int main(int argc, char **argv)
{
	static double stopped[RUNS_MAX], copied[COPIES];
	uint64_t bytes, runs;
	size_t rss = 0;

	if (argc < 3 || argc > 4 || num_size(argv[1], 2 << 20, UINT64_C(1) << 30, &bytes) ||
		num_count(argv[2], 1, RUNS_MAX, &runs)) {
		fputs("usage: split BYTES RUNS [ROWS.tsv]\n", stderr);
		return 2;
	}
	size = bytes;
	for (uint64_t i = 0; i < runs; i++) {
		pid_t pid = start_process();

		stopped[i] = replace(pid, &rss);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	for (int i = 0; i < COPIES; i++)
		copied[i] = copy();
	qsort(stopped, runs, sizeof(double), bench_by_value);
	qsort(copied, COPIES, sizeof(double), bench_by_value);
	printf("split size=%zu runs=%llu stopped_p50_us=%.0f stopped_max_us=%.0f "
	       "memcpy_p50_us=%.0f ratio=%.2f rss=%zu\n",
		size, (unsigned long long)runs, stopped[runs / 2] * 1e6, stopped[runs - 1] * 1e6,
		copied[COPIES / 2] * 1e6, stopped[runs / 2] / copied[COPIES / 2], rss);

	FILE *tsv = bench_open_rows(argc - 2, argv + 2);

	print_row(tsv, stopped, runs, copied[COPIES / 2]);
	bench_close_rows(tsv);
	return EXIT_SUCCESS;
}
