/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast records are parsed and printed, beside the least that any reader of
 * lines must do: find each LF with memchr(3) in the same bytes.
 */
#include "bench.h"
#include "rec.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RECORDS = 200000, RECORD_LEN = 109 };

static char *bytes; /* RECORDS lines of RECORD_LEN bytes */
static int file;    /* the same */
static FILE *null;
static struct rec rec;

/* A corrected error as an event source would report it: every kind of value. */
static void put_record(struct rec_writer *writer, uint64_t i, const struct timespec *t)
{
	rec_begin(writer, "ce");
	rec_put_addr(writer, "addr", 0xa00001000 + i * 64);
	rec_put_u64(writer, "size", 64);
	rec_put_text(writer, "src", "edac");
	rec_put_time(writer, "t", t);
	rec_put_u64(writer, "count", i % 10);
	rec_put_text(writer, "dimm", "CPU0 DIMM A1");
}

static void make_records(void)
{
	static struct rec_writer writer;
	struct timespec t = {.tv_sec = 1795294843};
	size_t size;
	FILE *out = open_memstream(&bytes, &size);

	for (uint64_t i = 0; i < RECORDS; i++) {
		put_record(&writer, i, &t);
		if (rec_send(&writer, out) != 0)
			bench_fail("make records");
	}
	fclose(out);
	if (size != (size_t)RECORDS * RECORD_LEN) {
		fprintf(stderr, "records of %zu bytes, not %d\n", size / RECORDS, RECORD_LEN);
		exit(EXIT_FAILURE);
	}
	file = memfd_create("records", MFD_CLOEXEC);
	if (file < 0 || write(file, bytes, size) != (ssize_t)size)
		bench_fail("write records");
	null = fopen("/dev/null", "w");
	if (!null)
		bench_fail("open /dev/null");
}

/* --- What is measured: each returns how many records it saw --- */

static size_t split(void)
{
	const char *p = bytes, *end = bytes + (size_t)RECORDS * RECORD_LEN, *lf;
	size_t n = 0;

	for (; p < end && (lf = memchr(p, '\n', (size_t)(end - p))); p = lf + 1)
		n++;
	return n;
}

/* The grammar alone, on lines that are already found. */
static size_t parse_lines(void)
{
	size_t n = 0;

	for (const char *p = bytes; n < RECORDS; p += RECORD_LEN, n++)
		if (rec_parse(p, RECORD_LEN, &rec))
			return 0;
	return n;
}

/* What a program does: read(2), find lines, parse. */
static size_t parse(void)
{
	static struct rec_reader reader;
	size_t n = 0;

	lseek(file, 0, SEEK_SET);
	rec_open(&reader, file);
	while (rec_next(&reader, &rec) == REC_RECORD)
		n++;
	return n;
}

static size_t print(void)
{
	static struct rec_writer writer;
	struct timespec t = {.tv_sec = 1795294843};
	size_t n = 0;

	for (; n < RECORDS; n++) {
		put_record(&writer, n, &t);
		if (rec_send(&writer, null) != 0)
			return 0;
	}
	return n;
}

static struct bench all[] = {
	{.name = "split lines with memchr", .run = split},
	{.name = "parse lines", .run = parse_lines},
	{.name = "read and parse", .run = parse},
	{.name = "print", .run = print},
};

static const struct figure figure = {"What records cost, of 109 bytes each",
	"time, as a multiple of that of splitting lines with memchr(3)"};

int main(int argc, char **argv)
{
	FILE *tsv = bench_open_rows(argc, argv);

	make_records();
	bench_run(all, sizeof(all) / sizeof(*all), "records of 109 bytes", RECORDS,
		(size_t)RECORDS * RECORD_LEN);
	bench_rows(tsv, &figure, "records", all, sizeof(all) / sizeof(*all), &all[0]);
	bench_close_rows(tsv);
	fclose(null);
	free(bytes);
	return EXIT_SUCCESS;
}
