/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast machine checks of three lines are decoded and printed, beside what any program
 * must do with the same bytes: copy them, as cat(1) does, and find each line's end.
 *
 * Only ratios of one run tell something: the rounds take turns and the median of each counts.
 */
#include "../../src/mcedecode/formats.h"
#include "lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { BLOCKS = 200000, ROUNDS = 7 };

static int file; /* the log */
static size_t size;
static FILE *null;
static size_t records;

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

void out_bad(uint64_t line, const char *why)
{
	fprintf(stderr, "line %" PRIu64 ": %s\n", line, why);
	exit(EXIT_FAILURE);
}

void out_err(struct err *err)
{
	records++;
	if (err_print(err, false, null) != 0)
		fail("print");
}

static void make_log(void)
{
	FILE *log;

	file = memfd_create("log", MFD_CLOEXEC);
	null = fopen("/dev/null", "w");
	log = file < 0 ? NULL : fdopen(dup(file), "w");
	if (!null || !log)
		fail("make log");
	setvbuf(null, NULL, _IOFBF, 1 << 16);
	for (unsigned int i = 0; i < BLOCKS; i++)
		fprintf(log,
			"[%12.6f] mce: [Hardware Error]: CPU %u: Machine Check: 0 Bank %u: "
			"8c0000400001009%u\n"
			"[%12.6f] mce: [Hardware Error]: TSC %x ADDR %" PRIx64
			" MISC 200005c280201086 \n"
			"[%12.6f] mce: [Hardware Error]: PROCESSOR 0:50657 TIME %u SOCKET %u APIC "
			"%x microcode 5000021\n",
			i / 1e3, i % 64, 13 + i % 6, i % 4, i / 1e3, i * 1000,
			((uint64_t)i * 0x9e3779b1 & 0xfffffffff) << 6, i / 1e3, 1600000000 + i,
			i % 2, i % 64);
	size = (size_t)ftell(log);
	if (fclose(log) != 0)
		fail("make log");
}

/* --- What is measured: each returns how many blocks it saw --- */

static size_t copy(void)
{
	static char buffer[1 << 17];
	size_t seen = 0;
	ssize_t n;

	lseek(file, 0, SEEK_SET);
	while ((n = read(file, buffer, sizeof(buffer))) > 0) {
		if (write(fileno(null), buffer, (size_t)n) != n)
			fail("write");
		seen += (size_t)n;
	}
	return seen == size ? BLOCKS : 0;
}

static size_t each_line(void (*take)(const char *line, size_t len))
{
	static struct lines lines;
	const char *line;
	size_t len, n = 0;

	lseek(file, 0, SEEK_SET);
	lines_open(&lines, file);
	for (; lines_next(&lines, &line, &len) == LINES_LINE; n++) {
		line_now.number = lines.number;
		line_now.has_t = false;
		if (take)
			take(line, len);
	}
	return n / 3;
}

static size_t split(void)
{
	return each_line(NULL);
}

static size_t decode(void)
{
	records = 0;
	each_line(text_line);
	text_flush();
	return records;
}

static struct {
	const char *name;
	size_t (*run)(void);
	double seconds[ROUNDS];
} measurements[] = {
	{"copy, like cat", copy, {0}},
	{"split lines", split, {0}},
	{"decode and print", decode, {0}},
};

enum { MEASUREMENTS = sizeof(measurements) / sizeof(*measurements) };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double measure(size_t (*run)(void))
{
	double start = now();

	if (run() != BLOCKS) {
		fputs("a measurement saw other blocks\n", stderr);
		exit(EXIT_FAILURE);
	}
	return now() - start;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(void)
{
	make_log();
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < MEASUREMENTS; i++)
			measurements[i].seconds[round] = measure(measurements[i].run);
	printf("%-26s %12s %8s %8s %8s\n", "blocks of 3 lines", "blocks/s", "MB/s", "x copy",
		"x split");
	for (int i = 0; i < MEASUREMENTS; i++)
		qsort(measurements[i].seconds, ROUNDS, sizeof(double), by_value);
	for (int i = 0; i < MEASUREMENTS; i++) {
		double median = measurements[i].seconds[ROUNDS / 2];

		printf("%-26s %12.0f %8.0f %8.1f %8.1f\n", measurements[i].name, BLOCKS / median,
			(double)size / median / 1e6, median / measurements[0].seconds[ROUNDS / 2],
			median / measurements[1].seconds[ROUNDS / 2]);
	}
	fclose(null);
	return EXIT_SUCCESS;
}
