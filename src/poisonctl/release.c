/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * poisonctl release - put pages back into use that a program, not the hardware, has poisoned
 * (unpoison_memory() in mm/memory-failure.c).
 */
#include "cli.h"
#include "control.h"
#include "outcome.h"
#include "page.h"
#include "poisonctl.h"
#include "targets.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

static struct root root;
static bool dry_run;
static int flags_fd = -1;

static const struct cli_option options[] = {
	CLI_DRY_RUN(&dry_run),
	{0},
};

static const struct cli cli = {
	.usage = "[--dry-run] [ADDR...]",
	.summary = "Put the pages at ADDR, or those that records on standard input name, back into "
		   "use.",
	.options = options,
	.root = &root,
};

static const struct target_rule rules[] = {
	{"page", "state", "poisoned", 0},
	{"offline", "result", "done", 0},
	{0},
};

/* The kernel takes the number of a frame; of a hugetlb page, the first one's only. */
static void unpoison(struct outcome *outcome, const struct frame *frame)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64 "\n", frame->head);
	if (root_write(&root, text, CONTROL_UNPOISON) == 0) {
		outcome->result = "done";
		return;
	}
	outcome_fail(outcome, errno);
	/* Since a machine check it takes all poison for real (hw_memory_failure). */
	if (outcome->error == EOPNOTSUPP)
		outcome->reason = "machine-check";
}

static struct outcome release_page(uint64_t addr, uint64_t size)
{
	struct outcome outcome = {.addr = addr, .size = size, .mode = "unpoison"};
	struct frame frame;

	if (!frame_look_up(&root, &flags_fd, addr >> PAGE_SHIFT, &frame)) {
		outcome_refuse(&outcome, "not-memory");
		return outcome;
	}
	if (!frame_holds(&frame, addr, size)) {
		outcome_refuse(&outcome, "range");
		return outcome;
	}
	outcome_cover(&outcome, &frame);
	outcome.kind = page_kind(frame.flags);
	if (!page_has(frame.flags, KPF_HWPOISON))
		outcome.result = "already";
	else if (dry_run)
		outcome_refuse(&outcome, OUTCOME_DRY_RUN);
	else
		unpoison(&outcome, &frame);
	outcome_look_again(&outcome, flags_fd, &frame);
	return outcome;
}

static enum status release_one(const struct target *target, void *context)
{
	(void)context;
	control_need(&root, CONTROL_UNPOISON, "hwpoison-inject");

	const struct outcome outcome = release_page(target->addr, target->size);

	return outcome_send(&outcome, "release");
}

enum status poisonctl_release(int argc, char **argv)
{
	const struct targets targets = {.rules = rules, .act = release_one};
	int first = cli_parse(&cli, argc, argv);

	return targets_run(&targets, first, argc, argv);
}
