/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge - several reports of one error become one record.  Reports wait in a short queue for
 * those to come.
 */
#include "merge.h"
#include "merge_same.h"
#include "tables.h"

#include <string.h>

enum { QUEUE = 128 };

static struct err queue[QUEUE];
static unsigned int first, count; /* a ring */

static struct err *at(unsigned int i)
{
	return &queue[(first + i) % QUEUE];
}

static const struct {
	const char *src;
	enum err_origin origin;
} origins[] = {
	{"mce", ORIGIN_MCE},
	{"mce_record", ORIGIN_TRACE},
	{"amd", ORIGIN_AMD},
	{"edac", ORIGIN_EDAC},
	{"mc_event", ORIGIN_MC_EVENT},
	{"apei", ORIGIN_APEI},
	{"memory-failure", ORIGIN_POISON},
	{"memory_failure_event", ORIGIN_POISON_EVENT},
	{"aer", ORIGIN_AER},
	{"aer_event", ORIGIN_AER_EVENT},
	{"user-access", ORIGIN_USER_ACCESS},
};

/* A machine check and the one made of firmware's report of it are two kinds: both may come. */
static uint64_t origin_of(const struct err *err)
{
	uint64_t origin = 0;

	for (size_t i = 0; i < ROWS(origins) && !origin; i++)
		if (strcmp(err->value[E_SRC].word, origins[i].src) == 0)
			origin = origins[i].origin;
	if (merge_is_synthetic(err) && origin == ORIGIN_MCE)
		return ORIGIN_MCE_COPY;
	return merge_is_synthetic(err) && origin == ORIGIN_TRACE ? ORIGIN_TRACE_COPY : origin;
}

/* --- One record of two --- */

/* Which report the record begins from: the one with most to decode. */
static int weight(const struct err *err)
{
	if (merge_is_poison(err))
		return 0;
	if (err_has(err, E_STATUS))
		return merge_is_synthetic(err) ? 1 : 4;
	return err->value[E_SRC].word[0] == 'a' ? 3 : 2;
}

static void take(struct err *err, const struct err *from, enum err_field field)
{
	if (err_is_text(field))
		err_text(err, field, from->text + from->value[field].text.start,
			from->value[field].text.len);
	else
		err_set(err, field, 0), err->value[field] = from->value[field];
	if (field == E_T)
		err->t_nsec = from->t_nsec;
}

/* EDAC decodes the address: its channel is better than the code's, which is kept. */
static void take_channel(struct err *err, const struct err *from)
{
	if (!err_has(from, E_EDAC_CODE) && !err_has(from, E_DIMM))
		return;
	if (!err_has(from, E_CHANNEL) || !merge_differ(err, from, E_CHANNEL))
		return;
	err_set(err, E_CHANNEL_MCA, err->value[E_CHANNEL].n);
	err_set(err, E_CHANNEL, from->value[E_CHANNEL].n);
}

static void take_address(struct err *err, const struct err *from)
{
	if (!err_has(from, E_ADDR))
		return;
	if (merge_is_poison(from)) {
		err_set(err, E_KERNEL_PAGE, from->value[E_ADDR].n);
		return;
	}
	if (err_has(err, E_ADDR))
		return;
	err_set(err, E_ADDR, from->value[E_ADDR].n);
	err_set(err, E_SIZE, from->value[E_SIZE].n);
}

/* What a bank holds is not made up, though a copy be. */
static void take_flags(struct err *err, const struct err *from)
{
	uint64_t flags = reg(from, E_FLAGS);

	if (err_has(err, E_STATUS) && !merge_is_synthetic(err))
		flags &= ~(uint64_t)FLAG_SYNTHETIC;
	if (flags)
		err_set(err, E_FLAGS, reg(err, E_FLAGS) | flags);
}

static void absorb(struct err *err, const struct err *from)
{
	take_channel(err, from);
	take_address(err, from);
	take_flags(err, from);
	for (int i = E_SEV; i < ERR_FIELDS; i++)
		if (i != E_FLAGS && err_has(from, (enum err_field)i) &&
			!err_has(err, (enum err_field)i))
			take(err, from, (enum err_field)i);
	err_set(err, E_MERGED, reg(err, E_MERGED) | reg(from, E_MERGED));
	if (err_has(from, E_LOCATION))
		err_set(err, E_LOCATION, reg(err, E_LOCATION) | reg(from, E_LOCATION));
	/* Two copies of a bank: each may have registers that the other was judged without. */
	if (err_has(err, E_STATUS) && err_has(from, E_STATUS) &&
		merge_is_synthetic(err) == merge_is_synthetic(from))
		mca_judge(err);
	err_advise(err);
}

static void join(struct err *a, const struct err *b)
{
	static struct err base;

	if (weight(b) > weight(a)) {
		base = *b;
		absorb(&base, a);
		*a = base;
	} else {
		absorb(a, b);
	}
}

/* --- The queue --- */

static void take_out(unsigned int i)
{
	for (; i + 1 < count; i++)
		*at(i) = *at(i + 1);
	count--;
}

static int print_first(bool raw)
{
	struct err *err = at(0);
	uint64_t from = reg(err, E_MERGED);

	if ((from & (from - 1)) == 0)
		err_drop(err, E_MERGED);

	int result = err_print(err, raw, stdout);

	first = (first + 1) % QUEUE;
	count--;
	return result;
}

/* The first of the queue that is of the same error as *err, other than number SELF; or count. */
static unsigned int find_same(const struct err *err, unsigned int self)
{
	unsigned int i = 0;

	while (i < count && (i == self || !merge_same_error(at(i), err)))
		i++;
	return i;
}

int merge_add(const struct err *err, bool raw)
{
	static struct err next;
	uint64_t origin = origin_of(err);
	unsigned int i, joined;

	next = *err;
	err_set(&next, E_MERGED, origin);
	joined = origin ? find_same(&next, QUEUE) : count;
	if (joined == count) {
		if (count == QUEUE && print_first(raw) != 0)
			return -1;
		*at(count++) = next;
		return 0;
	}
	join(at(joined), &next);
	/* What it tells now may tie it to others that had nothing in common before. */
	while ((i = find_same(at(joined), joined)) < count) {
		join(at(joined), at(i));
		take_out(i);
		joined -= i < joined;
	}
	return 0;
}

int merge_flush(bool raw)
{
	while (count)
		if (print_first(raw) != 0)
			return -1;
	return 0;
}
