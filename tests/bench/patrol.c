/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all of memscan costs, not only its loads: processor time for a file of memory, held
 * against cat(1) and a plain loop over a mapping; memory; and a patrol at its pace.
 *
 *	build/bench/patrol [ROWS.tsv]
 */
#include "child.h"
#include "plain.h"

#include <linux/memfd.h>

#define MIB ((size_t)1 << 20)
#define GIB ((size_t)1 << 30)

enum { ROUNDS = 11 };

static const struct figure figure = {"How fast all of memscan reads a file of memory",
	"bytes for a second of processor time, as a share of those of a plain loop over a mapping"};

static int fd;
static size_t size; /* of the file, all of it there */
static char path[64];

/* --- The file --- */

/* Written, not mapped: this process's own memory stays small. */
static void grow(size_t to)
{
	static char block[2 * MIB];

	memset(block, 0x5a, sizeof(block));
	for (; size < to; size += sizeof(block))
		if (pwrite(fd, block, sizeof(block), (off_t)size) != (ssize_t)sizeof(block))
			bench_fail("fill a file of memory");
}

static void shrink(size_t to)
{
	if (ftruncate(fd, (off_t)to) != 0)
		bench_fail("shrink a file of memory");
	size = to;
}

static void make_file(unsigned int flags)
{
	fd = memfd_create("patrol", MFD_CLOEXEC | flags);
	if (fd < 0)
		bench_fail("make a file of memory");
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fd);
	size = 0;
}

/* hugetlbfs does not take write(2); returns false when there are not so many huge pages. */
static bool make_huge_file(size_t to)
{
	make_file(MFD_HUGETLB | MFD_HUGE_2MB);
	if (fallocate(fd, 0, 0, (off_t)to) != 0) {
		close(fd);
		return false;
	}
	size = to;
	return true;
}

/* --- Who reads it --- */

static const char *const memscan[] = {"memscan", "--no-idle", "--file", path, NULL};
static const char *const cat[] = {"cat", path, NULL};

static void read_mapping(const void *unused)
{
	const struct sweep_kernel *loop = NULL;
	char *map = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);

	(void)unused;
	if (map == MAP_FAILED)
		bench_fail("map a file of memory");
	for (int i = 0; i < PLAIN_LOOPS; i++) /* the widest is the fastest */
		if (plain_loops[i].is_supported())
			loop = &plain_loops[i];
	loop->load(map, map + size);
}

static const struct reader {
	const char *name;
	void (*run)(const void *context);
	const void *context;
} readers[] = {
	{"plain loop over a mapping", read_mapping, NULL},
	{"cat", child_exec, cat},
	{"memscan", child_exec, memscan},
};

enum { READERS = sizeof(readers) / sizeof(*readers) };

/* --- Speed --- */

static void print_speed(const char *kind, double cpu[READERS][ROUNDS], FILE *tsv)
{
	printf("%-26s %8s %10s %8s %8s\n", kind, "s/GiB", "x mapping", "from", "to");
	for (int i = READERS; i-- > 0;) { /* the first is what the others are held against */
		double ratios[ROUNDS];

		for (int round = 0; round < ROUNDS; round++)
			ratios[round] = cpu[0][round] / cpu[i][round];

		struct estimate ratio = bench_estimate(ratios, ROUNDS);
		double seconds = bench_estimate(cpu[i], ROUNDS).median;

		printf("%-26s %8.3f %10.2f %8.2f %8.2f\n", readers[i].name,
			seconds * (double)GIB / (double)size, ratio.median, ratio.low, ratio.high);
		bench_row(tsv, &figure, kind, readers[i].name, &ratio, 0);
	}
}

static void compare(const char *kind, FILE *tsv)
{
	static double cpu[READERS][ROUNDS];

	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < READERS; i++)
			cpu[i][round] = child_cost(readers[i].run, readers[i].context).cpu;
	print_speed(kind, cpu, tsv);
}

static void compare_huge(FILE *tsv)
{
	if (make_huge_file(GIB)) {
		compare("hugetlb, 2 MiB pages", tsv);
		close(fd);
	} else {
		puts("hugetlb, 2 MiB pages: none to be had (vm.nr_overcommit_hugepages=512)");
	}
}

/* --- Memory --- */

static size_t available(void)
{
	FILE *info = fopen("/proc/meminfo", "re");
	char line[256];
	size_t kb = 0;

	while (info && fgets(line, sizeof(line), info))
		if (sscanf(line, "MemAvailable: %zu", &kb) == 1)
			break;
	if (info)
		fclose(info);
	return kb << 10;
}

static void print_rss(size_t bytes)
{
	if (bytes > size && available() < bytes - size + 4 * GIB) {
		printf("memscan of %5zu MiB: not so much memory to spare here\n", bytes / MIB);
		return;
	}
	grow(bytes);
	printf("memscan of %5zu MiB: %.1f MiB resident at most\n", bytes / MIB,
		(double)child_cost(child_exec, memscan).rss / (double)MIB);
}

/* --- A patrol --- */

enum { PATROL_MIB = 128, PATROL_GIB = 24, PATROL_SECONDS = 1800 };

/* A part of the patrol at the rate of the whole; what starting costs is taken off. */
static void print_patrol(void)
{
	static char rate[32];
	static const char *const paced[] = {"memscan", "--rate", rate, "--file", path, NULL};
	double start, cpu, whole;

	snprintf(rate, sizeof(rate), "%zu", PATROL_GIB * GIB / PATROL_SECONDS);
	shrink(4096);
	start = child_cost(child_exec, paced).cpu;
	shrink(0);
	grow(PATROL_MIB * MIB);
	cpu = child_cost(child_exec, paced).cpu - start;
	whole = cpu * PATROL_GIB * GIB / (PATROL_MIB * MIB);
	printf("patrol of %d GiB in %d s: %.1f s of processor time, %.2f %% of one processor, by "
	       "%d "
	       "MiB read at that pace\n",
		PATROL_GIB, PATROL_SECONDS, whole, whole / PATROL_SECONDS * 100, PATROL_MIB);
}

int main(int argc, char **argv)
{
	FILE *tsv = bench_open_rows(argc, argv);

	make_file(0);
	print_rss(64 * MIB);
	print_rss(GIB);
	grow(2 * GIB);
	compare("memfd, 4 KiB pages", tsv);
	print_rss(8 * GIB);
	print_patrol();
	close(fd);
	compare_huge(tsv);
	bench_close_rows(tsv);
	return EXIT_SUCCESS;
}
