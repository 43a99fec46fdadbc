/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench - ways to do something with the same bytes, measured side by side.
 *
 * A machine is never twice as fast as itself, so that only the ratios of one
 * run tell something: the rounds of all measurements take turns, and the median
 * of each counts.  Time is this process's own on its processor, and that of programs it ran.
 */
#ifndef MEMPATROL_BENCH_H
#define MEMPATROL_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { BENCH_ROUNDS = 7 };

struct bench {
	const char *name;
	size_t (*run)(void); /* returns how many items it saw */
	double seconds[BENCH_ROUNDS];
};

static inline _Noreturn void bench_fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static inline double bench_now(void)
{
	struct timespec t;
	struct rusage ran;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	getrusage(RUSAGE_CHILDREN, &ran);
	return (double)(t.tv_sec + ran.ru_utime.tv_sec + ran.ru_stime.tv_sec) +
	       (double)t.tv_nsec / 1e9 +
	       (double)(ran.ru_utime.tv_usec + ran.ru_stime.tv_usec) / 1e6;
}

static inline double bench_measure(const struct bench *bench, size_t items)
{
	double start = bench_now();

	if (bench->run() != items) {
		fprintf(stderr, "%s: saw other than %zu items\n", bench->name, items);
		exit(EXIT_FAILURE);
	}
	return bench_now() - start;
}

static inline int bench_by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The median of the BENCH_ROUNDS values, which are sorted. */
static inline double bench_median_of(double *values)
{
	qsort(values, BENCH_ROUNDS, sizeof(*values), bench_by_value);
	return values[BENCH_ROUNDS / 2];
}

/*
 * bench_row - one ratio for tests/bench/plot: the bar NAME of the figure TITLE, in GROUP, and
 * the GOAL that it should stay above (or below, if that is below 0); 0: no goal.
 */
static inline void bench_row(FILE *tsv, const char *title, const char *group, const char *name,
	double ratio, double goal)
{
	if (tsv && fprintf(tsv, "%s\t%s\t%s\t%.3f\t%.2f\n", title, group, name, ratio, goal) < 0)
		bench_fail("write rows");
}

/* bench_open_rows - the file for rows that the command line names, or NULL. */
static inline FILE *bench_open_rows(int argc, char **argv)
{
	FILE *tsv = argc > 1 ? fopen(argv[1], "w") : NULL;

	if (argc > 1 && !tsv)
		bench_fail(argv[1]);
	return tsv;
}

static inline void bench_close_rows(FILE *tsv)
{
	if (tsv && fclose(tsv) != 0)
		bench_fail("write rows");
}

static inline double bench_median(const struct bench *bench)
{
	return bench->seconds[BENCH_ROUNDS / 2];
}

/*
 * bench_run - measure all N of ALL, each of which must see ITEMS items of BYTES in all, and print a
 * table headed TITLE: rates, and the time as a multiple of the first and of the second.
 */
static inline void bench_run(
	struct bench *all, size_t n, const char *title, size_t items, size_t bytes)
{
	for (int round = 0; round < BENCH_ROUNDS; round++)
		for (size_t i = 0; i < n; i++)
			all[i].seconds[round] = bench_measure(&all[i], items);
	for (size_t i = 0; i < n; i++)
		qsort(all[i].seconds, BENCH_ROUNDS, sizeof(double), bench_by_value);
	printf("%-26s %12s %8s %8s %8s\n", title, "items/s", "MB/s", "x first", "x second");
	for (size_t i = 0; i < n; i++) {
		double median = bench_median(&all[i]);

		printf("%-26s %12.0f %8.0f %8.1f %8.1f\n", all[i].name, (double)items / median,
			(double)bytes / median / 1e6, median / bench_median(&all[0]),
			median / bench_median(&all[1]));
	}
}

#endif
