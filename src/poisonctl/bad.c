/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bad.h"
#include "digits.h"
#include "intake.h"
#include "page.h"

#include <stdlib.h>

enum {
	ADDRESS_LEN = DIGITS_REGISTER + 1, /* with a comma */
	ADDRESSES_MAX = 128,               /* of a record, which must have room for the rest */
};

static uint64_t frame[BAD_MAX];
static size_t frames_known;
static bool is_sorted;

void bad_add(uint64_t pfn)
{
	if (frames_known < BAD_MAX)
		frame[frames_known++] = pfn;
	is_sorted = false;
}

static bool tells_of_page(const struct rec *rec)
{
	return rec_is(rec, "ue") || rec_is(rec, "err") || rec_is(rec, "page");
}

static enum status take_record(const struct rec *rec, void *context)
{
	uint64_t addr, size;

	(void)context;
	if (tells_of_page(rec) && rec_addr(rec, "addr", &addr) == 0 &&
		rec_u64(rec, "size", &size) == 0 && size <= PAGE_BYTES)
		bad_add(addr >> PAGE_SHIFT);
	return STATUS_DONE;
}

enum status bad_take_records(void)
{
	static const struct intake intake = {.role = INTAKE_FILTER, .record = take_record};

	return intake_run(&intake);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void sort(void)
{
	size_t kept = 0;

	qsort(frame, frames_known, sizeof(*frame), by_number);
	for (size_t i = 0; i < frames_known; i++)
		if (!kept || frame[kept - 1] != frame[i])
			frame[kept++] = frame[i];
	frames_known = kept;
	is_sorted = true;
}

void bad_put(struct rec_writer *record, uint64_t pfn, uint64_t frames)
{
	char text[ADDRESSES_MAX * ADDRESS_LEN], *end = text;

	if (!is_sorted)
		sort();
	for (size_t i = 0; i < frames_known && end < text + sizeof(text); i++) {
		if (frame[i] < pfn || frame[i] >= pfn + frames)
			continue;
		end = digits_register(end, frame[i] << PAGE_SHIFT);
		*end++ = ',';
	}
	if (end > text)
		rec_put(record, "bad", text, (size_t)(end - text) - 1);
}
