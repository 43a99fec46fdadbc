/* SPDX-License-Identifier: GPL-2.0-or-later */
/* salvage: what is read, and in which order; a preloaded pread(2) has the errors. */
#include "salvage.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 16, SIZE = PAGES * PAGE, OFFSET = 3 * SIZE };

/* A file of which some pages are bad, as hugetlbfs reads it; what was touched, by reads. */
static bool bad[PAGES];
static bool touched[PAGES];
static int reads, read_of[PAGES];
static ssize_t file_ends_at;

/* In the place of the C library's. */
ssize_t pread(int fd, void *buffer, size_t size, off_t offset);
ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	size_t first = ((size_t)offset - OFFSET) / PAGE, n = 0;

	(void)fd;
	reads++;
	if (offset - OFFSET >= file_ends_at)
		return 0;
	while (n < size / PAGE && !bad[first + n]) {
		memset((char *)buffer + n * PAGE, (int)(first + n), PAGE);
		touched[first + n] = true;
		read_of[first + n++] = reads;
	}
	if (n)
		return (ssize_t)(n * PAGE);
	errno = EIO;
	return -1;
}

static struct salvage salvage;

static const char *try(const struct salvage_hint *hint, uint64_t max_age_ns, size_t bad_page)
{
	salvage_close(&salvage);
	memset(bad, 0, sizeof(bad));
	memset(touched, 0, sizeof(touched));
	bad[bad_page] = true;
	reads = 0;
	file_ends_at = SIZE;
	CHECK(salvage_open(&salvage, SIZE) == 0);
	return salvage_read(&salvage, 5, OFFSET, hint, max_age_ns);
}

static unsigned int count_touched(void)
{
	unsigned int n = 0;

	for (size_t i = 0; i < PAGES; i++)
		n += touched[i];
	return n;
}

static void nothing_is_read_of_what_nobody_knows(void)
{
	struct salvage_hint hint = {.has_bad = true, .bad = OFFSET + 5 * PAGE};

	CHECK_TEXT(try(&hint, 1000, 5), "unverified");
	hint.has_age = true;
	hint.age_ns = 1001;
	CHECK_TEXT(try(&hint, 1000, 5), "unverified");
	CHECK_U64((unsigned int)reads, 0);
}

static void what_was_verified_too_long_ago_is_not_read(void)
{
	struct salvage_hint hint = {.has_bad = true,
		.bad = OFFSET + 5 * PAGE,
		.verified_off = OFFSET + PAGE,
		.verified_size = 2 * PAGE,
		.verified_ns = 1001};

	CHECK_TEXT(try(&hint, 1000, 5), "unverified");
	CHECK_U64((unsigned int)reads, 0);
	hint.has_age = true;
	hint.age_ns = 1000; /* by somebody else */
	CHECK_TEXT(try(&hint, 1000, 5), NULL);
	CHECK_U64(salvage.good, SIZE - PAGE);
	hint.verified_ns = 1000;
	hint.age_ns = 1001;
	CHECK_TEXT(try(&hint, 1000, 5), NULL);
	CHECK_U64(salvage.good, 2 * PAGE);
}

static void all_but_the_error_is_saved_at_any_age(void)
{
	struct salvage_hint hint = {0};
	uint64_t at = 0, size = 0;

	CHECK_TEXT(try(&hint, SALVAGE_ANY_AGE, 5), NULL);
	CHECK_U64(salvage.good, SIZE - PAGE);
	for (size_t i = 0; i < PAGES; i++)
		CHECK(i == 5 || salvage.data[i * PAGE + 7] == (char)i);
	CHECK(salvage_next(&salvage, false, &at, &size) && at == 5 * PAGE && size == PAGE);
	CHECK(!salvage_next(&salvage, false, &at, &size));
	at = size = 0;
	CHECK(salvage_next(&salvage, true, &at, &size) && at == 0 && size == 5 * PAGE);
	CHECK(salvage_next(&salvage, true, &at, &size) && at == 6 * PAGE && size == 10 * PAGE);
	CHECK(!salvage_next(&salvage, true, &at, &size));
}

static void what_was_verified_is_read_and_no_more(void)
{
	struct salvage_hint hint = {.has_bad = true,
		.bad = OFFSET + 5 * PAGE + 77,
		.verified_off = OFFSET + PAGE,
		.verified_size = 4 * PAGE + 100};

	CHECK_TEXT(try(&hint, 1000, 5), NULL);
	CHECK_U64(salvage.good, 4 * PAGE);
	CHECK_U64(count_touched(), 4);
	CHECK(touched[1] && touched[4]);
	CHECK(salvage.state[0] == SALVAGE_UNREAD && salvage.state[5] == SALVAGE_LOST);
}

static void what_is_young_enough_is_read_last(void)
{
	struct salvage_hint hint = {.has_bad = true,
		.bad = OFFSET + 5 * PAGE,
		.verified_off = OFFSET + 8 * PAGE,
		.verified_size = 2 * PAGE,
		.has_age = true,
		.age_ns = 1000};

	CHECK_TEXT(try(&hint, 1000, 5), NULL);
	CHECK_U64(salvage.good, SIZE - PAGE);
	CHECK(read_of[8] < read_of[0] && read_of[9] < read_of[0] && read_of[0] < read_of[15]);
}

static void what_lies_outside_the_page_is_no_part_of_it(void)
{
	struct salvage_hint hint = {.has_bad = true,
		.bad = OFFSET + 5 * PAGE,
		.verified_off = OFFSET - 7 * PAGE - 1,
		.verified_size = UINT64_MAX};

	CHECK_TEXT(try(&hint, 1000, 5), NULL);
	CHECK_U64(salvage.good, SIZE - PAGE);
	hint.verified_off = OFFSET + SIZE;
	hint.verified_size = PAGE;
	CHECK_TEXT(try(&hint, 1000, 5), "nothing-left");
	hint.verified_off = UINT64_MAX - 10;
	CHECK_TEXT(try(&hint, 1000, 5), "nothing-left");
	hint.verified_off = 0;
	CHECK_TEXT(try(&hint, 1000, 5), "nothing-left");
}

static void where_the_error_is_not_nothing_is_done(void)
{
	struct salvage_hint hint = {.has_bad = true, .bad = OFFSET + 6 * PAGE};

	CHECK_TEXT(try(&hint, SALVAGE_ANY_AGE, 5), "no-poison");
	CHECK_U64(count_touched(), 1);
}

static void a_file_that_has_been_cut_is_an_error(void)
{
	struct salvage_hint hint = {0};

	try(&hint, SALVAGE_ANY_AGE, 5);
	salvage_close(&salvage);
	CHECK(salvage_open(&salvage, SIZE) == 0);
	file_ends_at = 8 * PAGE;
	bad[5] = bad[6] = bad[7] = true;
	errno = 0;
	CHECK_TEXT(salvage_read(&salvage, 5, OFFSET, &hint, SALVAGE_ANY_AGE), "failed");
	CHECK(errno == ENODATA);
}

int main(void)
{
	UNIT(nothing_is_read_of_what_nobody_knows);
	UNIT(what_was_verified_too_long_ago_is_not_read);
	UNIT(all_but_the_error_is_saved_at_any_age);
	UNIT(what_was_verified_is_read_and_no_more);
	UNIT(what_is_young_enough_is_read_last);
	UNIT(what_lies_outside_the_page_is_no_part_of_it);
	UNIT(where_the_error_is_not_nothing_is_done);
	UNIT(a_file_that_has_been_cut_is_an_error);
	return unit_end();
}
