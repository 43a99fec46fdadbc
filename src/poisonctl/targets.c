/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "targets.h"
#include "cli.h"
#include "intake.h"
#include "num.h"
#include "page.h"

#include <errno.h>
#include <stdlib.h>

enum { SHOWN = 60 }; /* bytes of a record that a message repeats */

static uint64_t parse_operand(const char *text)
{
	uint64_t address;
	const char *why = num_address(text, &address);

	if (why)
		cli_wrong("address %s: %s", text, why);
	return address;
}

/* All are parsed before the first is acted on: the third may be a slip. */
static enum status run_operands(const struct targets *targets, int n, char **operands)
{
	enum status worst = STATUS_DONE;

	for (int i = 0; i < n; i++)
		parse_operand(operands[i]);
	for (int i = 0; i < n && worst <= STATUS_SOME; i++) {
		struct target target = {
			.addr = parse_operand(operands[i]) & ~(uint64_t)(PAGE_BYTES - 1),
			.size = PAGE_BYTES,
		};
		enum status status = targets->act(&target, targets->context);

		if (status > worst)
			worst = status;
	}
	return worst;
}

static const struct target_rule *find_rule(const struct target_rule *rule, const struct rec *rec)
{
	for (; rule->type; rule++)
		if (rec_is(rec, rule->type) &&
			(!rule->key || rec_value_is(rec, rule->key, rule->value)))
			return rule;
	return NULL;
}

static enum status misspelt(const struct rec *rec, const char *key)
{
	int shown = (int)(rec->line_len - 1);

	say("read %s of record '%.*s': not in the form of that key", key,
		shown < SHOWN ? shown : SHOWN, rec->line);
	return STATUS_FAILED;
}

/* Without an address there is nothing to act on; half an address stops the program. */
static enum status take_record(const struct rec *rec, void *context)
{
	const struct targets *targets = context;
	struct target target = {.rule = find_rule(targets->rules, rec), .record = rec};

	if (!target.rule || !rec_find(rec, "addr") || !rec_find(rec, "size"))
		return intake_forward(rec, NULL);
	if (rec_addr(rec, "addr", &target.addr) != 0)
		return misspelt(rec, "addr");
	if (rec_u64(rec, "size", &target.size) != 0)
		return misspelt(rec, "size");
	return targets->act(&target, targets->context);
}

enum status targets_run(const struct targets *targets, int first, int argc, char **argv)
{
	const struct intake intake = {.role = INTAKE_ACTOR,
		.record = take_record,
		.note = intake_forward,
		.context = (void *)targets};

	if (first < argc)
		return run_operands(targets, argc - first, argv + first);
	return intake_run(&intake);
}
