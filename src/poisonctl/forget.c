/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl forget - take pages out of the ledger. */
#include "cli.h"
#include "keep.h"
#include "outcome.h"
#include "poisonctl.h"
#include "targets.h"

static struct root root;
static const char *file;

static const struct cli_option options[] = {KEEP_OPTION(&file), {0}};

static const struct cli cli = {
	.usage = "[--ledger FILE] [ADDR...]",
	.summary = "Forget the pages at ADDR, or those that records on standard input name.",
	.options = options,
	.root = &root,
};

static const struct target_rule rules[] = {
	{.type = "page"},
	{.type = "release", .key = "result", .value = "done"},
	{.type = "release", .key = "result", .value = "already"},
	{.type = "offline", .key = "reason", .value = "dimm-replaced"},
	{.type = "offline", .key = "reason", .value = "dimm-moved"},
	{0},
};

struct forgetting {
	struct ledger ledger;
	bool is_open;
};

static enum status forget_one(const struct target *target, void *context)
{
	struct forgetting *forgetting = context;
	struct outcome outcome = {.addr = target->addr, .size = target->size, .mode = "forget"};
	uint64_t forgotten = 0, kept = 0;

	if (!target->size || target->addr > LEDGER_ADDR_MAX || target->size > LEDGER_ADDR_MAX) {
		outcome_refuse(&outcome, "range");
		return outcome_send(&outcome, "ledger");
	}
	if (!forgetting->is_open)
		keep_open(&forgetting->ledger, &root, file, false);
	forgetting->is_open = true;
	keep_check(&forgetting->ledger,
		ledger_forget(&forgetting->ledger, target->addr, target->size, &forgotten, &kept),
		"write");
	outcome.result = forgotten ? "done" : "already";
	/* Half of a huge page cannot be forgotten: name all of it. */
	if (kept && !forgotten)
		outcome_refuse(&outcome, "part");
	return outcome_send(&outcome, "ledger");
}

enum status poisonctl_forget(int argc, char **argv)
{
	static struct forgetting forgetting;
	const struct targets targets = {.rules = rules, .act = forget_one, .context = &forgetting};
	enum status status = targets_run(&targets, cli_parse(&cli, argc, argv), argc, argv);

	ledger_close(&forgetting.ledger);
	return status;
}
