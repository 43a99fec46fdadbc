/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge.h"
#include "page.h"

#include <stdlib.h>
#include <string.h>

static void add(uint64_t *sum, uint64_t n)
{
	if (__builtin_add_overflow(*sum, n, sum))
		*sum = UINT64_MAX;
}

/* --- How many --- */

static int by_page_and_cause(const void *a, const void *b)
{
	const struct error *x = a, *y = b;
	uint64_t p = x->start >> PAGE_SHIFT, q = y->start >> PAGE_SHIFT;

	if (p != q)
		return p < q ? -1 : 1;
	if (x->machine != y->machine)
		return x->machine < y->machine ? -1 : 1;
	return (x->cause > y->cause) - (x->cause < y->cause);
}

/* The same bad page again, in what another reporter said of it. */
static bool is_known(const struct error *error, const struct error *before)
{
	return error->cause != CAUSE_CORRECTED && error->end && before->end &&
	       error->start >> PAGE_SHIFT == before->start >> PAGE_SHIFT &&
	       error->machine == before->machine;
}

static void count_error(struct machine *machine, struct error *error, void *context)
{
	(void)context;
	add(&machine->count[error->cause], error->cause == CAUSE_CORRECTED ? error->count : 1);
}

static void count_errors(struct host *host)
{
	qsort(host->error, host->errors, sizeof(*host->error), by_page_and_cause);
	for (unsigned int i = 0; i < host->errors; i++)
		if (i == 0 || !is_known(&host->error[i], &host->error[i - 1]))
			host_each_owner(host, &host->error[i], count_error, NULL);
}

/* Who asked for the owners of a page had a reason, and without an error it was poison. */
static void count_poison(struct host *host)
{
	for (unsigned int i = 0; i < host->uses; i++) {
		const struct use *use = &host->use[i];
		bool again = i > 0 && use[-1].start == use->start && use[-1].end == use->end &&
			     use[-1].machine == use->machine;

		if (!use->explained && !again)
			host->machine[use->machine].count[CAUSE_POISONED]++;
	}
	for (unsigned int i = 0; i < host->machines; i++) {
		struct machine *machine = &host->machine[i];

		if (machine->poisoned > machine->count[CAUSE_POISONED])
			machine->count[CAUSE_POISONED] = machine->poisoned;
	}
}

/* --- Whether there are more and more --- */

static void take_span(struct machine *machine, struct error *error, void *context)
{
	(void)context;
	if (!machine->dated || error->time < machine->first)
		machine->first = error->time;
	if (!machine->dated || error->time > machine->last)
		machine->last = error->time;
	add(&machine->dated, error->count);
}

static void take_half(struct machine *machine, struct error *error, void *context)
{
	uint64_t span = (uint64_t)machine->last - (uint64_t)machine->first;
	uint64_t since = (uint64_t)error->time - (uint64_t)machine->first;

	(void)context;
	add(since > span / 2 ? &machine->later : &machine->earlier, error->count);
}

static void count_growth(struct host *host, const struct policy *policy)
{
	for (unsigned int i = 0; i < host->errors; i++)
		if (host->error[i].has_time)
			host_each_owner(host, &host->error[i], take_span, NULL);
	for (unsigned int i = 0; i < host->errors; i++)
		if (host->error[i].has_time)
			host_each_owner(host, &host->error[i], take_half, NULL);
	for (unsigned int i = 0; i < host->machines; i++) {
		struct machine *machine = &host->machine[i];

		machine->count[CAUSE_GROWING] = machine->dated >= policy->growing &&
						machine->later / 2 >= machine->earlier &&
						machine->later > 2 * machine->earlier;
	}
}

/* --- What follows --- */

/* A cause that the policy gives no weight does not apply. */
static void score(struct machine *machine, const struct policy *policy)
{
	machine->score = 0;
	for (unsigned int i = 0; i < CAUSES; i++) {
		uint64_t n = machine->count[i], most = cause_rules[i].most;

		if (!policy->weight[i])
			machine->count[i] = 0;
		machine->score += policy->weight[i] * (n < most ? n : most);
	}
}

void judge(struct host *host, const struct policy *policy)
{
	host_sort(host);
	count_errors(host);
	count_poison(host);
	count_growth(host, policy);
	judge_neighbors(host, policy);
	for (unsigned int i = 0; i < host->machines; i++) {
		struct machine *machine = &host->machine[i];

		machine->count[CAUSE_NEIGHBOR] = machine->neighbor.same_bank;
		machine->count[CAUSE_IMPORTANCE] = policy_importance(policy, machine->name);
		score(machine, policy);
	}
}

enum cause judge_reason(const struct machine *machine)
{
	for (unsigned int i = 0; i < CAUSE_IMPORTANCE; i++)
		if (machine->count[i])
			return (enum cause)i;
	return CAUSES;
}

/* --- Who is first --- */

static int smaller(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_hit(const struct machine *a, const struct machine *b)
{
	return (judge_reason(a) == CAUSES) - (judge_reason(b) == CAUSES);
}

static int by_score(const struct machine *a, const struct machine *b)
{
	return smaller(b->score, a->score);
}

/* What is not told is more than anything that is. */
static int by_ram(const struct machine *a, const struct machine *b)
{
	return smaller(a->ram - 1, b->ram - 1);
}

static int by_dirty_rate(const struct machine *a, const struct machine *b)
{
	return smaller(a->dirty_rate, b->dirty_rate);
}

static int by_name(const struct machine *a, const struct machine *b)
{
	return strcmp(a->name, b->name);
}

/* The first that tells two machines apart decides. */
static int (*const orders[])(const struct machine *a, const struct machine *b) = {
	by_hit, by_score, by_ram, by_dirty_rate, by_name};

int judge_order(const void *a, const void *b)
{
	const struct machine *const *x = a, *const *y = b;
	int order = 0;

	for (size_t i = 0; order == 0 && i < sizeof(orders) / sizeof(*orders); i++)
		order = orders[i](*x, *y);
	return order;
}
