/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "move/page_set.h"
#include "unit.h"

#include <stdint.h>

enum { PAGES = 200 };

static struct page_set set;

static void check_runs(bool in, const char *wanted)
{
	char text[256] = "";
	uint64_t first = 0, n = 0;

	while (page_set_next(&set, in, &first, &n))
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%llu+%llu ",
			(unsigned long long)first, (unsigned long long)n);
	CHECK_TEXT(text, wanted);
}

static void empty(void)
{
	CHECK(page_set_open(&set, PAGES) == 0);
	CHECK_U64(set.count, 0);
	check_runs(true, "");
	check_runs(false, "0+200 ");
	page_set_close(&set);
}

/* Runs within a word, across words, at both ends. */
static void runs(void)
{
	CHECK(page_set_open(&set, PAGES) == 0);
	page_set_add(&set, 0, 1);
	page_set_add(&set, 5, 3);
	page_set_add(&set, 60, 70);
	page_set_add(&set, 199, 1);
	CHECK_U64(set.count, 75);
	check_runs(true, "0+1 5+3 60+70 199+1 ");
	check_runs(false, "1+4 8+52 130+69 ");
	CHECK(page_set_has(&set, 63) && page_set_has(&set, 64) && !page_set_has(&set, 130));
	page_set_close(&set);
}

static void counted_once(void)
{
	CHECK(page_set_open(&set, PAGES) == 0);
	page_set_add(&set, 10, 10);
	page_set_add(&set, 15, 10);
	CHECK_U64(set.count, 15);
	check_runs(true, "10+15 ");
	page_set_clear(&set);
	CHECK_U64(set.count, 0);
	check_runs(true, "");
	page_set_add(&set, 0, PAGES);
	check_runs(true, "0+200 ");
	check_runs(false, "");
	page_set_close(&set);
}

static void taken_out(void)
{
	struct page_set other;

	CHECK(page_set_open(&set, PAGES) == 0 && page_set_open(&other, PAGES) == 0);
	page_set_add(&set, 10, 100);
	page_set_remove(&set, 20, 2);
	page_set_remove(&set, 20, 3);
	CHECK_U64(set.count, 97);
	check_runs(true, "10+10 23+87 ");
	page_set_add(&other, 0, 12);
	page_set_add(&other, 100, 100);
	page_set_subtract(&set, &other);
	CHECK_U64(set.count, 85);
	check_runs(true, "12+8 23+77 ");
	page_set_close(&set);
	page_set_close(&other);
}

/* Bits past the last page that is asked for are not those of others. */
static void packed(void)
{
	unsigned char bits[4] = {0xff, 0xff, 0xff, 0xff};

	CHECK(page_set_open(&set, PAGES) == 0);
	page_set_add(&set, 56, 1);
	page_set_add(&set, 63, 3);
	page_set_add(&set, 75, 2);
	CHECK(page_set_pack(&set, 56, 20, bits));
	CHECK_U64(bits[0], 0x81);
	CHECK_U64(bits[1], 0x03);
	CHECK_U64(bits[2], 0x08);
	CHECK_U64(bits[3], 0xff);
	CHECK(!page_set_pack(&set, 80, 16, bits));
	page_set_close(&set);
}

static void looked_for_within_bounds(void)
{
	uint64_t at, run;

	CHECK(page_set_open(&set, PAGES) == 0);
	page_set_add(&set, 60, 10);
	page_set_add(&set, 72, 1);
	CHECK(page_set_within(&set, 0, PAGES, &at, &run) && at == 60 && run == 10);
	CHECK(page_set_within(&set, 64, 4, &at, &run) && at == 64 && run == 4);
	CHECK(page_set_within(&set, 68, 100, &at, &run) && at == 68 && run == 2);
	CHECK(!page_set_within(&set, 0, 60, &at, &run) && !page_set_has_any(&set, 0, 60));
	CHECK(!page_set_within(&set, 70, 2, &at, &run) && !page_set_has_any(&set, 70, 2));
	CHECK(page_set_has_any(&set, 0, 61) && page_set_has_any(&set, 72, 1));
	CHECK(!page_set_has_any(&set, 73, PAGES - 73));
	page_set_close(&set);
}

int main(void)
{
	UNIT(empty);
	UNIT(runs);
	UNIT(counted_once);
	UNIT(taken_out);
	UNIT(packed);
	UNIT(looked_for_within_bounds);
	return unit_end();
}
