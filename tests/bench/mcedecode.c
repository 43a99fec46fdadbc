/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast machine checks of three lines are decoded and printed, beside what any program
 * must do with the same bytes: copy them, as cat(1) does, and find each line's end; and beside
 * mcelog(8), where there is one.
 */
#include "../../src/mcedecode/formats.h"
#include "bench.h"
#include "lines.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCKS = 200000 };

static int file; /* the log */
static size_t size;
static FILE *null;
static size_t records;

void out_bad(uint64_t line, const char *why)
{
	fprintf(stderr, "line %" PRIu64 ": %s\n", line, why);
	exit(EXIT_FAILURE);
}

void out_missed(const char *scope, size_t len, uint64_t count)
{
	fprintf(stderr, "%.*s: %" PRIu64 " missed\n", (int)len, scope, count);
	exit(EXIT_FAILURE);
}

void out_err(struct err *err)
{
	records++;
	if (err_print(err, false, null) != 0)
		bench_fail("print");
}

static void make_log(void)
{
	static char buffer[1 << 16]; /* as main() has it */
	FILE *log;

	file = memfd_create("log", MFD_CLOEXEC);
	null = fopen("/dev/null", "w");
	log = file < 0 ? NULL : fdopen(dup(file), "w");
	if (!null || !log)
		bench_fail("make log");
	setvbuf(null, buffer, _IOFBF, sizeof(buffer));
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
		bench_fail("make log");
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
			bench_fail("write");
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

/* --- mcelog reads the log as its standard input --- */

#define MCELOG "exec mcelog --ascii --no-dmi "

static size_t mcelog(void)
{
	lseek(STDIN_FILENO, 0, SEEK_SET);
	return system(MCELOG ">/dev/null") == 0 ? BLOCKS : 0;
}

/* How many errors it knows in the log, once and not measured; none when it is not installed. */
static size_t mcelog_errors(void)
{
	size_t n = 0;
	FILE *errors;

	if (dup2(file, STDIN_FILENO) < 0)
		bench_fail("make log");
	lseek(STDIN_FILENO, 0, SEEK_SET);
	errors = popen(MCELOG "2>/dev/null | grep -c '^STATUS '", "r");
	if (!errors || fscanf(errors, "%zu", &n) != 1)
		bench_fail("run mcelog");
	if (pclose(errors) < 0 || (n && n != BLOCKS))
		bench_fail("run mcelog: not all errors are in its output");
	return n;
}

static struct bench all[] = {
	{.name = "copy, like cat", .run = copy},
	{.name = "split lines", .run = split},
	{.name = "mcedecode", .run = decode},
	{.name = "mcelog --ascii", .run = mcelog},
};

static const struct figure figure = {"What decoding costs, errors of three lines each",
	"time, as a multiple of that of splitting the lines"};

int main(int argc, char **argv)
{
	FILE *tsv = bench_open_rows(argc, argv);
	size_t n = sizeof(all) / sizeof(*all), here;

	make_log();

	bool installed = mcelog_errors();

	here = installed ? n : n - 1;
	bench_run(all, here, "blocks of 3 lines", BLOCKS, size);
	bench_rows(tsv, &figure, "errors in a log", all, here, &all[1]);
	bench_close_rows(tsv);
	if (!installed)
		printf("%-26s %12s\n", all[n - 1].name, "not installed");
	fclose(null);
	return EXIT_SUCCESS;
}
