/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any records of a host: its machines can be put in order, and are all judged within bounds. */
#include "../../src/vmevac/plan/judge.h"
#include "fuzz.h"

static struct host host;
static struct policy policy;

static void take_all(const char *text, size_t size)
{
	const char *end = text + size, *lf;
	struct rec rec;

	for (; (lf = memchr(text, '\n', (size_t)(end - text))) != NULL; text = lf + 1)
		if (*text != '#' && *text != '\n' &&
			!rec_parse(text, (size_t)(lf + 1 - text), &rec))
			host_take(&host, &rec);
}

static void check(const struct machine *machine)
{
	uint64_t most = 0;

	for (unsigned int i = 0; i < CAUSES; i++)
		most += policy.weight[i] * cause_rules[i].most;
	MUST(machine->score <= most);
	MUST(memchr(machine->name, '\0', sizeof(machine->name)) && machine->name[0]);
	MUST(machine->neighbor.beside != machine);
	MUST(!machine->neighbor.same_bank || machine->neighbor.rows <= policy.rows);
	MUST(machine->earlier <= machine->dated && machine->later <= machine->dated);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size);

	host.machines = host.uses = host.errors = host.visits = 0;
	policy_init(&policy);
	take_all(copy, size);
	free(copy);
	judge(&host, &policy);
	for (unsigned int i = 0; i < host.machines; i++)
		check(&host.machine[i]);
	for (unsigned int i = 1; i < host.machines; i++) {
		const struct machine *a = &host.machine[i - 1], *b = &host.machine[i];
		int order = judge_order(&a, &b);

		MUST(order != 0 && (order < 0) != (judge_order(&b, &a) < 0));
	}
	return 0;
}
