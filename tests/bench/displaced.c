/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a sweep displaces from the second-level cache of the processor that it runs on: how much
 * slower a tour of memory is that was in there before.  A sibling thread has to share this
 * cache, and where the L3 is filled from it, all others get the same on the next level.
 *
 *	build/bench/displaced [ROWS.tsv]
 */
#include "chase.h"

enum { BYTES = 512 << 20, ROUNDS = 101, SWEEPS_OF_L2 = 4, RETRIES = 8 };

static const struct figure figure = {"What a sweep displaces from the L2 of its own core",
	"time of a tour of that cache after a sweep of four times its size; 1: as if there was "
	"none"};

static const struct sweep_kernel *all[SWEEPS_MAX];
static double seconds[SWEEPS_MAX][ROUNDS], untouched[ROUNDS];
static const char *memory;
static size_t swept;
static struct chase chase;

/* Other memory each time, so that none of it is in any cache. */
static void sweep_next(const struct sweep_kernel *loop)
{
	static size_t at;

	loop->load(memory + at, memory + at + swept);
	at = at + 2 * swept <= BYTES ? at + swept : 0;
}

static double measure_once(const struct sweep_kernel *loop)
{
	double start;

	chase_run(&chase, 3 * chase.lines); /* into the cache */
	if (loop)
		sweep_next(loop);
	start = bench_now();
	chase_run(&chase, chase.lines);
	return bench_now() - start;
}

/* Whoever else was on the processor in between has displaced more than any sweep. */
static double measure(const struct sweep_kernel *loop)
{
	double result = 0;

	for (int i = 0; i < RETRIES; i++) {
		long before = bench_interruptions();

		result = measure_once(loop);
		if (bench_interruptions() == before)
			break;
	}
	return result;
}

static void print(const struct sweep_kernel *loop, double *ratios, FILE *tsv)
{
	struct estimate ratio = bench_estimate(ratios, ROUNDS);

	printf("%-26s %8.2f %8.2f %8.2f\n", loop->name, ratio.median, ratio.low, ratio.high);
	bench_row(tsv, &figure, "a third of the L2, in use", loop->name, &ratio, 0);
}

int main(int argc, char **argv)
{
	FILE *tsv = bench_open_rows(argc, argv);
	size_t n = plain_and_kernels(all);
	double nobody;

	bench_go_first();
	memory = plain_memory(BYTES, MADV_HUGEPAGE);
	chase = chase_make(cache_l2() / 3);
	swept = SWEEPS_OF_L2 * cache_l2();
	for (int round = 0; round < ROUNDS; round++) {
		untouched[round] = measure(NULL);
		for (size_t i = 0; i < n; i++)
			seconds[i][round] = measure(all[i]);
	}
	nobody = bench_estimate(untouched, ROUNDS).median;
	printf("%-26s %8s %8s %8s\n", "own L2 after a sweep", "x slower", "from", "to");
	for (size_t i = 0; i < n; i++) {
		for (int round = 0; round < ROUNDS; round++)
			seconds[i][round] /= nobody;
		print(all[i], seconds[i], tsv);
	}
	bench_close_rows(tsv);
	return EXIT_SUCCESS;
}
