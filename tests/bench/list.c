/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast poisonctl lists the poisoned pages, held against somebody who reads kpageflags and
 * looks at nothing; and all of it for a machine of 1 TiB that a file of zeros stands for.
 *
 *	build/bench/list
 */
#include "child.h"

#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

enum { ROUNDS = 11, BLOCK = 512 << 10 };

#define MIB             ((double)(1 << 20))
#define GIB             (1024 * MIB)
#define TIB             (1024 * GIB)
#define FAKE_FLAGS_SIZE ((off_t)1 << 40 >> 12 << 3) /* 1 TiB, frames, words */

static char fake[] = "/dev/shm/bench.XXXXXX"; /* a hole there is read without becoming memory */
static char flags[sizeof(fake) + 32];

static void read_bare(const void *file)
{
	static char block[BLOCK];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		bench_fail(file);
	while ((n = read(fd, block, sizeof(block))) > 0)
		;
	if (n < 0)
		bench_fail(file);
}

static double median_cpu(const char *const *list)
{
	double seconds[ROUNDS];

	for (int round = 0; round < ROUNDS; round++)
		seconds[round] = child_cost(child_exec, list).cpu;
	return bench_estimate(seconds, ROUNDS).median;
}

/* --- This machine --- */

/* The bytes that "poisonctl list" says it has looked at the flags of. */
static double listed_bytes(void)
{
	FILE *out = popen("poisonctl list", "re"); /* NOLINT(cert-env33-c): found as the others */
	char line[4096];
	double bytes = 0;

	while (out && fgets(line, sizeof(line), out)) {
		const char *scanned = strstr(line, " scanned=");

		if (!strncmp(line, "done ", 5) && scanned)
			bytes = strtod(scanned + 9, NULL);
	}
	if (!out || pclose(out) != 0 || bytes == 0)
		bench_fail("poisonctl list");
	return bytes;
}

static const struct figure figure = {"How fast pages are listed",
	"speed, as a share of that of a bare read of /proc/kpageflags"};

static void list_this(FILE *tsv)
{
	static const char *const list[] = {"poisonctl", "list", NULL};
	double ratios[ROUNDS], bytes = listed_bytes();
	struct estimate ratio;

	for (int round = 0; round < ROUNDS; round++) {
		double bare = child_cost(read_bare, "/proc/kpageflags").cpu;

		ratios[round] = bare / child_cost(child_exec, list).cpu;
	}
	ratio = bench_estimate(ratios, ROUNDS);
	printf("poisonctl list: %.2f (%.2f-%.2f) x bare read of kpageflags, %.1f s/TiB by the %.0f "
	       "GiB of this machine\n",
		ratio.median, ratio.low, ratio.high, median_cpu(list) / bytes * TIB, bytes / GIB);
	bench_row(tsv, &figure, "poisonctl list", "this machine", &ratio, 0.9);
}

/* --- The other --- */

static void remove_fake(void)
{
	char proc[sizeof(fake) + 8];

	snprintf(proc, sizeof(proc), "%s/proc", fake);
	unlink(flags);
	rmdir(proc);
	rmdir(fake);
}

static void make_fake(void)
{
	char proc[sizeof(fake) + 8];
	int fd;

	if (!mkdtemp(fake))
		bench_fail(fake);
	atexit(remove_fake);
	snprintf(proc, sizeof(proc), "%s/proc", fake);
	snprintf(flags, sizeof(flags), "%s/kpageflags", proc);
	if (mkdir(proc, 0700) != 0)
		bench_fail(proc);
	fd = open(flags, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, FAKE_FLAGS_SIZE) != 0)
		bench_fail(flags);
	close(fd);
}

static void list_fake(void)
{
	const char *list[] = {"poisonctl", "list", "--sysroot", fake, NULL};

	make_fake();
	printf("poisonctl list, 1 TiB of zeros: %.2f s, %.1f MiB resident at most\n",
		median_cpu(list), (double)child_cost(child_exec, list).rss / MIB);
}

int main(int argc, char **argv)
{
	FILE *tsv = bench_open_rows(argc, argv);

	if (geteuid() == 0)
		list_this(tsv);
	else
		puts("poisonctl list: needs root to read kpageflags");
	list_fake();
	bench_close_rows(tsv);
	return EXIT_SUCCESS;
}
