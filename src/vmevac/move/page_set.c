/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_set.h"

#include <string.h>
#include <sys/mman.h>

enum { WORD_BITS = 64 };

static uint64_t bytes(const struct page_set *set)
{
	return (set->pages + WORD_BITS - 1) / WORD_BITS * sizeof(*set->word);
}

int page_set_open(struct page_set *set, uint64_t pages)
{
	*set = (struct page_set){.pages = pages};
	set->word =
		mmap(NULL, bytes(set), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (set->word != MAP_FAILED)
		return 0;
	set->word = NULL;
	return -1;
}

void page_set_close(struct page_set *set)
{
	if (set->word)
		munmap(set->word, bytes(set));
	*set = (struct page_set){0};
}

void page_set_clear(struct page_set *set)
{
	memset(set->word, 0, bytes(set));
	set->count = 0;
}

bool page_set_has(const struct page_set *set, uint64_t page)
{
	return set->word[page / WORD_BITS] >> page % WORD_BITS & 1;
}

void page_set_add(struct page_set *set, uint64_t first, uint64_t n)
{
	for (uint64_t page = first; page < first + n; page++) {
		set->count += !page_set_has(set, page);
		set->word[page / WORD_BITS] |= UINT64_C(1) << page % WORD_BITS;
	}
}

void page_set_remove(struct page_set *set, uint64_t first, uint64_t n)
{
	for (uint64_t page = first; page < first + n; page++) {
		set->count -= page_set_has(set, page);
		set->word[page / WORD_BITS] &= ~(UINT64_C(1) << page % WORD_BITS);
	}
}

void page_set_subtract(struct page_set *set, const struct page_set *other)
{
	for (uint64_t i = 0; i < bytes(set) / sizeof(*set->word); i++) {
		set->count -= (uint64_t)__builtin_popcountll(set->word[i] & other->word[i]);
		set->word[i] &= ~other->word[i];
	}
}

/* The first page from AT to END - 1 that is in it, or is not; END when there is none. */
static uint64_t find(const struct page_set *set, bool in, uint64_t at, uint64_t end)
{
	while (at < end) {
		uint64_t word = set->word[at / WORD_BITS] ^ (in ? 0 : UINT64_MAX);

		word >>= at % WORD_BITS;
		if (word) {
			at += (uint64_t)__builtin_ctzll(word);
			break;
		}
		at = (at / WORD_BITS + 1) * WORD_BITS;
	}
	return at < end ? at : end;
}

bool page_set_next(const struct page_set *set, bool in, uint64_t *first, uint64_t *n)
{
	*first = find(set, in, *first + *n, set->pages);
	*n = find(set, !in, *first, set->pages) - *first;
	return *n > 0;
}

bool page_set_within(
	const struct page_set *set, uint64_t first, uint64_t n, uint64_t *at, uint64_t *run)
{
	uint64_t end = first + n;

	*at = find(set, true, first, end);
	*run = find(set, false, *at, end) - *at;
	return *run > 0;
}

bool page_set_has_any(const struct page_set *set, uint64_t first, uint64_t n)
{
	return find(set, true, first, first + n) < first + n;
}

bool page_set_pack(const struct page_set *set, uint64_t first, uint64_t n, unsigned char *out)
{
	bool any = false;

	for (uint64_t i = 0; i < (n + 7) / 8; i++) {
		uint64_t page = first + 8 * i;

		out[i] = (unsigned char)(set->word[page / WORD_BITS] >> page % WORD_BITS);
		if (n - 8 * i < 8)
			out[i] &= (unsigned char)((1U << (n - 8 * i)) - 1);
		any |= out[i] != 0;
	}
	return any;
}
