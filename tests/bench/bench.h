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
#include <string.h>
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

/* bench_interruptions - how often somebody else was given this process's processor. */
static inline long bench_interruptions(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nivcsw;
}

/* bench_go_first - have fewer of them. */
static inline void bench_go_first(void)
{
	if (setpriority(PRIO_PROCESS, 0, -20) != 0)
		puts("others may come between: no right to more priority");
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

/* A median, and the bounds that hold the true one with a certainty of 95 %. */
struct estimate {
	double median, low, high;
};

/*
 * bench_estimate - of N values, which are sorted.  The bounds are two of them: how many of N
 * lie below the true median is binomial, whatever they are like, and its standard deviation
 * is half the root of N.
 */
static inline struct estimate bench_estimate(double *values, size_t n)
{
	size_t margin = 1;

	while (margin * margin < n)
		margin++;
	if (margin > (n - 1) / 2)
		margin = (n - 1) / 2;
	qsort(values, n, sizeof(*values), bench_by_value);
	return (struct estimate){
		values[n / 2], values[(n - 1) / 2 - margin], values[n / 2 + margin]};
}

/* What a figure of tests/bench/plot shows, and along which axis. */
struct figure {
	const char *title, *axis;
};

/*
 * bench_row - one bar of FIGURE: NAME, in GROUP, and the GOAL that its value should stay above
 * (or below, if that is below 0); 0: no goal.
 */
static inline void bench_row(FILE *tsv, const struct figure *figure, const char *group,
	const char *name, const struct estimate *value, double goal)
{
	if (tsv && fprintf(tsv, "%s\t%s\t%s\t%s\t%.3f\t%.3f\t%.3f\t%.2f\n", figure->title,
			   figure->axis, group, name, value->median, value->low, value->high,
			   goal) < 0)
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
	double sorted[BENCH_ROUNDS];

	memcpy(sorted, bench->seconds, sizeof(sorted));
	return bench_estimate(sorted, BENCH_ROUNDS).median;
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
	printf("%-26s %12s %8s %8s %8s\n", title, "items/s", "MB/s", "x first", "x second");
	for (size_t i = 0; i < n; i++) {
		double median = bench_median(&all[i]);

		printf("%-26s %12.0f %8.0f %8.1f %8.1f\n", all[i].name, (double)items / median,
			(double)bytes / median / 1e6, median / bench_median(&all[0]),
			median / bench_median(&all[1]));
	}
}

/* bench_rows - a bar of FIGURE for each of N of ALL: the time of a round as a multiple of BASE's.
 */
static inline void bench_rows(FILE *tsv, const struct figure *figure, const char *group,
	const struct bench *all, size_t n, const struct bench *base)
{
	for (size_t i = 0; i < n; i++) {
		double ratios[BENCH_ROUNDS];

		for (int round = 0; round < BENCH_ROUNDS; round++)
			ratios[round] = all[i].seconds[round] / base->seconds[round];

		struct estimate ratio = bench_estimate(ratios, BENCH_ROUNDS);

		bench_row(tsv, figure, group, all[i].name, &ratio, 0);
	}
}

#endif
