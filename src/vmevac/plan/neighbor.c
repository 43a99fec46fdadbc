/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * neighbor - machines with errors in rows of DRAM that are close to each other, or on the
 * same module.
 *
 * A row that is opened very often disturbs those beside it (row hammer): two machines with
 * errors in close rows of one bank may be one that hammers and one that is hammered.
 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

enum { MODULE_BITS = (1 << PLACE_MODULE_KEYS) - 1, BANK_BITS = (1 << PLACE_ROW) - 1 };

static bool knows(const struct place *place, enum place_key key)
{
	return place->known >> key & 1;
}

static bool knows_module(const struct place *place)
{
	return place->label_len || (knows(place, PLACE_CHANNEL) && knows(place, PLACE_SLOT));
}

static bool knows_row(const struct place *place)
{
	return knows(place, PLACE_DRAM_BANK) && knows(place, PLACE_ROW);
}

/* --- Order: module, bank, row --- */

static int by_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* By the keys of BITS, the first COUNT. */
static int by_keys(const struct place *a, const struct place *b, unsigned int bits, int count)
{
	int order = by_number(a->known & bits, b->known & bits);

	for (int i = 0; order == 0 && i < count; i++)
		order = by_number(a->value[i], b->value[i]);
	return order;
}

static int by_module(const struct place *a, const struct place *b)
{
	int order = by_number(a->label_len, b->label_len);

	if (order == 0)
		order = memcmp(a->label, b->label, a->label_len);
	return order ? order : by_keys(a, b, MODULE_BITS, PLACE_MODULE_KEYS);
}

static int by_place(const void *a, const void *b)
{
	const struct error *x = a, *y = b;
	int order = by_module(&x->place, &y->place);

	if (order == 0)
		order = by_keys(&x->place, &y->place, BANK_BITS, PLACE_ROW);
	if (order == 0)
		order = by_number(knows_row(&x->place), knows_row(&y->place));
	if (order == 0)
		order = by_number(x->place.value[PLACE_ROW], y->place.value[PLACE_ROW]);
	if (order == 0)
		order = by_number(x->start, y->start);
	return order ? order : by_number((uint64_t)x->machine, (uint64_t)y->machine);
}

/* --- Who is close --- */

/* Somebody's error. */
struct hit {
	struct machine *machine;
	const struct error *error;
};

/*
 * The last two machines that were met, in order of place: the closest to any error that is not
 * the same machine's was met last, or last but for those of the same machine.
 */
struct walk {
	const struct policy *policy;
	struct hit last, other;
};

static struct neighbor relate(
	const struct walk *walk, const struct hit *hit, const struct hit *other)
{
	const struct place *a = &hit->error->place, *b = &other->error->place;
	uint64_t from = a->value[PLACE_ROW], to = b->value[PLACE_ROW];
	struct neighbor neighbor = {other->machine, hit->error, false, 0};

	if (!knows_row(a) || !knows_row(b) || by_keys(a, b, BANK_BITS, PLACE_ROW) != 0)
		return neighbor;
	neighbor.rows = from > to ? from - to : to - from;
	neighbor.same_bank = neighbor.rows <= walk->policy->rows;
	return neighbor;
}

static bool is_closer(const struct neighbor *a, const struct neighbor *b)
{
	if (!b->beside || a->same_bank != b->same_bank)
		return !b->beside || a->same_bank;
	return a->same_bank && a->rows < b->rows;
}

static void meet(const struct walk *walk, const struct hit *hit, const struct hit *other)
{
	struct neighbor neighbor = relate(walk, hit, other);

	if (is_closer(&neighbor, &hit->machine->neighbor))
		hit->machine->neighbor = neighbor;
}

static void walk_on(struct machine *machine, struct error *error, void *context)
{
	struct walk *walk = context;
	struct hit hit = {machine, error};
	const struct hit *other = walk->last.machine != machine ? &walk->last : &walk->other;

	if (walk->last.error && by_module(&walk->last.error->place, &error->place) != 0)
		walk->last = walk->other = (struct hit){NULL, NULL};
	if (other->error) {
		meet(walk, &hit, other);
		meet(walk, other, &hit);
	}
	if (walk->last.machine != machine)
		walk->other = walk->last;
	walk->last = hit;
}

void judge_neighbors(struct host *host, const struct policy *policy)
{
	struct walk walk = {.policy = policy};

	qsort(host->error, host->errors, sizeof(*host->error), by_place);
	for (unsigned int i = 0; i < host->errors; i++)
		if (knows_module(&host->error[i].place))
			host_each_owner(host, &host->error[i], walk_on, &walk);
}
