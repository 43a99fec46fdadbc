/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge - several reports of one error become one record.
 *
 * Reports wait in a short queue for those to come.  Two are of one error only when what
 * both say agrees and something that seldom agrees by chance is among it: the same registers
 * of the same bank, or the same address.  No report of one kind joins another of that kind,
 * so that an error that happens twice stays two.
 */
#include "merge.h"
#include "mca.h"
#include "tables.h"

#include <string.h>

enum {
	QUEUE = 128,
	SECONDS_APART = 5, /* between the clocks of a log and of the registers */
	LINES_APART = 8,   /* the kernel's decoder and EDAC print one after the other */
};

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
};

/* No bank holds it: the kernel made a machine check of what firmware reported. */
static bool is_synthetic(const struct err *err)
{
	return reg(err, E_FLAGS) & FLAG_SYNTHETIC;
}

/* A machine check and the one made of firmware's report of it are two kinds: both may come. */
static uint64_t origin_of(const struct err *err)
{
	uint64_t origin = 0;

	for (size_t i = 0; i < ROWS(origins) && !origin; i++)
		if (strcmp(err->value[E_SRC].word, origins[i].src) == 0)
			origin = origins[i].origin;
	if (is_synthetic(err) && origin == ORIGIN_MCE)
		return ORIGIN_MCE_COPY;
	return is_synthetic(err) && origin == ORIGIN_TRACE ? ORIGIN_TRACE_COPY : origin;
}

/* --- Is it the same error? --- */

static bool differ(const struct err *a, const struct err *b, enum err_field field)
{
	return err_has(a, field) && err_has(b, field) && a->value[field].n != b->value[field].n;
}

static bool agree(const struct err *a, const struct err *b, enum err_field field)
{
	return err_has(a, field) && err_has(b, field) && a->value[field].n == b->value[field].n;
}

static bool is_corrected(const struct err *err)
{
	return err_sev(err) <= SEV_CORRECTED;
}

static bool far_apart(const struct err *a, const struct err *b)
{
	uint64_t x = reg(a, E_T), y = reg(b, E_T);

	if (!err_has(a, E_T) || !err_has(b, E_T))
		return false;
	return (x > y ? x - y : y - x) > SECONDS_APART;
}

static bool overlap(const struct err *a, const struct err *b)
{
	if (!err_has(a, E_ADDR) || !err_has(b, E_ADDR))
		return false;
	return a->value[E_ADDR].n < b->value[E_ADDR].n + b->value[E_SIZE].n &&
	       b->value[E_ADDR].n < a->value[E_ADDR].n + a->value[E_SIZE].n;
}

/* The registers of one bank of one CPU, read once. */
static bool same_registers(const struct err *a, const struct err *b)
{
	return agree(a, b, E_STATUS) && agree(a, b, E_BANK) && agree(a, b, E_CPU) &&
	       !differ(a, b, E_ADDR_REG) && !differ(a, b, E_IPID) && !differ(a, b, E_SYND) &&
	       !differ(a, b, E_TSC);
}

static bool is_poison(const struct err *err)
{
	return err->value[E_CLASS].n == CLASS_POISON;
}

/*
 * Older kernels took the address of an AMD memory controller, which counts within its channel,
 * for a physical one: then the page they poisoned is of this error as well.
 */
static bool poisoned_by_mistake(const struct err *poison, const struct err *err)
{
	return err_has(err, E_ADDR_KIND) && err_has(poison, E_ADDR) &&
	       strcmp(err->value[E_ADDR_KIND].word, "normalised") == 0 &&
	       err->value[E_ADDR_REG].n >> 12 == poison->value[E_ADDR].n >> 12;
}

/*
 * EDAC's place of an error whose address is not a physical one: chip select and channel.
 * Each node has such a place, so that the syndrome must agree, or the lines be neighbours.
 */
static bool same_place(const struct err *a, const struct err *b)
{
	uint64_t lines = a->line > b->line ? a->line - b->line : b->line - a->line;

	if (!agree(a, b, E_CHANNEL) || !agree(a, b, E_CSROW) || differ(a, b, E_SYNDROME) ||
		(!err_has(a, E_ADDR_KIND) && !err_has(b, E_ADDR_KIND)))
		return false;
	return agree(a, b, E_SYNDROME) || lines <= LINES_APART;
}

static bool same_error(const struct err *a, const struct err *b)
{
	/* The kernel names the CPU that heard of it from firmware, which may be any. */
	bool synthetic = is_synthetic(a) || is_synthetic(b);

	if (reg(a, E_MERGED) & reg(b, E_MERGED) || far_apart(a, b) ||
		is_corrected(a) != is_corrected(b) || (!synthetic && differ(a, b, E_SOCKET)))
		return false;
	if (err_has(a, E_STATUS) && err_has(b, E_STATUS) && is_synthetic(a) == is_synthetic(b))
		return same_registers(a, b);
	if (is_poison(a) || is_poison(b))
		return overlap(a, b) ||
		       poisoned_by_mistake(is_poison(a) ? a : b, is_poison(a) ? b : a);
	if (a->value[E_CLASS].n != b->value[E_CLASS].n)
		return false;
	return overlap(a, b) || same_place(a, b);
}

/* --- One record of two --- */

/* Which report the record begins from: the one with most to decode. */
static int weight(const struct err *err)
{
	if (is_poison(err))
		return 0;
	if (err_has(err, E_STATUS))
		return is_synthetic(err) ? 1 : 4;
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
	if (!err_has(from, E_CHANNEL) || !differ(err, from, E_CHANNEL))
		return;
	err_set(err, E_CHANNEL_MCA, err->value[E_CHANNEL].n);
	err_set(err, E_CHANNEL, from->value[E_CHANNEL].n);
}

static void take_address(struct err *err, const struct err *from)
{
	if (!err_has(from, E_ADDR))
		return;
	if (is_poison(from)) {
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

	if (err_has(err, E_STATUS) && !is_synthetic(err))
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

	while (i < count && (i == self || !same_error(at(i), err)))
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
