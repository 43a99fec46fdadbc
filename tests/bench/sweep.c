/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast each kernel of memscan reads memory, as a share of what the best plain loop manages
 * with the same bytes, on base pages and on huge ones.
 *
 *	build/bench/sweep [ROWS.tsv]
 *
 * All take turns in pieces of a millisecond, so that a disturbance meets all of them, and those
 * of one round are held against each other.
 */
#include "plain.h"

enum { BYTES = 512 << 20, PIECE = 8 << 20, ROUNDS = 201, KINDS = 2 };

static const struct figure figure = {"How fast memory is read, on one core",
	"bytes a second, as a share of those of the best plain loop"};

static const struct kind {
	const char *name;
	int advice;
	double goal; /* of the default kernel */
} kinds[KINDS] = {
	{"4 KiB pages", MADV_NOHUGEPAGE, 0.85},
	{"2 MiB pages", MADV_HUGEPAGE, 0.95},
};

static const struct sweep_kernel *all[SWEEPS_MAX];
static size_t n;
static double seconds[KINDS][SWEEPS_MAX][ROUNDS];

static double measure(const char *memory, const struct sweep_kernel *loop)
{
	double start = bench_now();

	loop->load(memory, memory + PIECE);
	return bench_now() - start;
}

/* Who comes first in a round changes, and so does the piece: none is in a cache. */
static void run_round(int kind, const char *memory, int round)
{
	static size_t at[KINDS];

	for (size_t i = 0; i < n; i++) {
		size_t turn = (i + (size_t)round) % n;

		seconds[kind][turn][round] = measure(memory + at[kind], all[turn]);
		at[kind] = (at[kind] + PIECE) % BYTES;
	}
}

static double median(const double *times)
{
	double sorted[ROUNDS];

	memcpy(sorted, times, sizeof(sorted));
	return bench_estimate(sorted, ROUNDS).median;
}

static const double *best_plain(double times[][ROUNDS])
{
	size_t best = 0;

	for (size_t i = 1; i < n && !plain_is_kernel(all[i]); i++)
		if (median(times[i]) < median(times[best]))
			best = i;
	return times[best];
}

static void print(const struct kind *kind, double times[][ROUNDS], FILE *tsv)
{
	const double *best = best_plain(times);

	printf("%-26s %8s %17s %8s %8s\n", kind->name, "MB/s", "x best plain loop", "from", "to");
	for (size_t i = 0; i < n; i++) {
		double ratios[ROUNDS];

		for (int round = 0; round < ROUNDS; round++)
			ratios[round] = best[round] / times[i][round];

		struct estimate ratio = bench_estimate(ratios, ROUNDS);

		printf("%-26s %8.0f %17.2f %8.2f %8.2f\n", all[i]->name,
			PIECE / median(times[i]) / 1e6, ratio.median, ratio.low, ratio.high);
		bench_row(tsv, &figure, kind->name, all[i]->name, &ratio,
			plain_has_goal(all[i]) ? kind->goal : 0);
	}
}

int main(int argc, char **argv)
{
	FILE *tsv = bench_open_rows(argc, argv);
	const char *memory[KINDS];

	n = plain_and_kernels(all);
	for (int kind = 0; kind < KINDS; kind++)
		memory[kind] = plain_memory(BYTES, kinds[kind].advice);

	/* Small pages by another name would be no measurement. */
	int here = plain_huge_bytes() >= BYTES ? KINDS : 1;

	for (int round = 0; round < ROUNDS; round++)
		for (int kind = 0; kind < here; kind++)
			run_round(kind, memory[kind], round);
	for (int kind = 0; kind < here; kind++)
		print(&kinds[kind], seconds[kind], tsv);
	if (here < KINDS)
		puts("2 MiB pages: none to be had here");
	bench_close_rows(tsv);
	return EXIT_SUCCESS;
}
