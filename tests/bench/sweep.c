/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast each kernel of memscan reads memory, as a share of what the best plain loop manages
 * with the same bytes, on base pages and on huge ones.
 *
 *	build/bench/sweep [ROWS.tsv]
 */
#include "plain.h"

enum { BYTES = 512 << 20, KINDS = 2 };

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
static double seconds[KINDS][SWEEPS_MAX][BENCH_ROUNDS];

static void measure(const char *memory, const struct sweep_kernel *loop, double *result)
{
	double start = bench_now();

	loop->load(memory, memory + BYTES);
	*result = bench_now() - start;
}

static double best_plain(double *const medians)
{
	double best = medians[0];

	for (size_t i = 1; i < n && !plain_is_kernel(all[i]); i++)
		if (medians[i] < best)
			best = medians[i];
	return best;
}

static void print(const struct kind *kind, double times[][BENCH_ROUNDS], FILE *tsv)
{
	double medians[SWEEPS_MAX] = {0}, best;

	for (size_t i = 0; i < n; i++)
		medians[i] = bench_median_of(times[i]);
	best = best_plain(medians);
	printf("%-26s %8s %17s\n", kind->name, "MB/s", "x best plain loop");
	for (size_t i = 0; i < n; i++) {
		double ratio = best / medians[i];

		printf("%-26s %8.0f %17.2f\n", all[i]->name, BYTES / medians[i] / 1e6, ratio);
		bench_row(tsv, "Bandwidth, as a share of the best plain loop", kind->name,
			all[i]->name, ratio, plain_has_goal(all[i]) ? kind->goal : 0);
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

	for (int round = 0; round < BENCH_ROUNDS; round++)
		for (size_t i = 0; i < n; i++)
			for (int kind = 0; kind < here; kind++)
				measure(memory[kind], all[i], &seconds[kind][i][round]);
	for (int kind = 0; kind < here; kind++)
		print(&kinds[kind], seconds[kind], tsv);
	if (here < KINDS)
		puts("2 MiB pages: none to be had here");
	bench_close_rows(tsv);
	return EXIT_SUCCESS;
}
