/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl offline - take pages out of use before somebody reads them. */
#include "cli.h"
#include "clock.h"
#include "fence.h"
#include "poisonctl.h"
#include "targets.h"

static struct root root;
static bool soft, hard;
static struct fence fence = {.root = &root, .flags_fd = -1, .wait_ns = 5 * CLOCK_SECOND};

static const struct cli_option options[] = {
	{.name = "soft",
		.letter = 's',
		.kind = CLI_FLAG,
		.to = &soft,
		.help = "move what the pages hold; nobody notices"},
	{.name = "hard",
		.letter = 'H',
		.kind = CLI_FLAG,
		.to = &hard,
		.help = "take the pages with what they hold; whoever touches one gets SIGBUS"},
	FENCE_WAIT(&fence.wait_ns),
	{.name = "force",
		.letter = 'f',
		.kind = CLI_FLAG,
		.to = &fence.force,
		.help = "also what would be refused as kernel-page, needs-hard or needs-soft"},
	CLI_DRY_RUN(&fence.dry_run),
	{0},
};

static const struct cli cli = {
	.usage = "--soft|--hard [--dry-run] [--force] [--wait TIME] [ADDR...]",
	.summary =
		"Take the pages at ADDR, or those that records on standard input name, out of use.",
	.options = options,
	.root = &root,
};

/*
 * What records ask for: the table of poisonctl(8), OFFLINE.  To move what a page holds the kernel
 * reads it, and one that stops at no error dies of it: soft is for pages that can be read.
 */
static const struct target_rule rules[] = {
	{"page", "state", "mismatched", FENCE_SOFT | FENCE_HARD},
	{"page", "state", "poisoned", FENCE_HARD},
	{"ue", NULL, NULL, FENCE_HARD},
	{"err", "action", "offline-page", FENCE_HARD},
	{"err", "action", "offline-soft", FENCE_SOFT},
	{0},
};

static enum status offline_one(const struct target *target, void *context)
{
	unsigned int allowed = (soft ? FENCE_SOFT : 0) | (hard ? FENCE_HARD : 0);
	unsigned int asked = target->rule ? target->rule->way : allowed;
	unsigned int way = asked & allowed ? asked & allowed : allowed;
	const char *refusal = NULL;

	(void)context;
	if (!(asked & allowed) && !fence.force)
		refusal = asked == FENCE_HARD ? "needs-hard" : "needs-soft";

	const struct outcome outcome = fence_page(&fence,
		way & FENCE_SOFT ? FENCE_SOFT : FENCE_HARD, target->addr, target->size, refusal);

	return outcome_send(&outcome, "offline");
}

enum status poisonctl_offline(int argc, char **argv)
{
	const struct targets targets = {.rules = rules, .act = offline_one};
	int first = cli_parse(&cli, argc, argv);

	if (!soft && !hard)
		cli_wrong("neither --soft nor --hard given");
	if (soft && hard && first < argc)
		cli_wrong("--soft and --hard with addresses: which one?");
	return targets_run(&targets, first, argc, argv);
}
