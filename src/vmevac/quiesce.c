/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac quiesce - hold a virtual machine still and have it let go of its disks. */
#include "vm/action.h"
#include "cli.h"
#include "vm/disks.h"
#include "vmevac.h"

#include <errno.h>
#include <stdio.h>

static struct root root;
static struct targets targets = {.root = &root, .timeout_ns = 10 * CLOCK_SECOND};
static bool no_latch, dry_run;

static const struct cli_option options[] = {
	{.name = "no-latch",
		.kind = CLI_FLAG,
		.to = &no_latch,
		.help = "let other QEMUs of this host take the disks"},
	ACTION_DRY_RUN(dry_run),
	TARGETS_OPTIONS(targets),
	{0},
};

static const struct cli cli = {
	.usage = "[--dry-run] [--no-latch] [--qmp VM=SOCKET] [--timeout TIME] VM",
	.summary = "Hold a virtual machine still, and have it let go of its disks.",
	.options = options,
	.root = &root,
};

static struct action action = {.type = "quiesce", .targets = &targets, .put = action_put_disks};
static bool was_running;

/* --- Steps: each returns 0, or -1 with errno, and qmp.why unless that is "" --- */

static int open_images(void)
{
	const struct images *images = &action.condition.images;

	action.qmp.why[0] = '\0';
	return latch_open(&action.latch, &root, action.vm.pid, images->written_fd, images->written);
}

static int stop(void)
{
	return was_running ? qmp_execute(&action.qmp, "stop", NULL) : 0;
}

/* Somebody may have done what we are about to do. */
static int release(void)
{
	return action_look(&action) == 0 ? disks_release(&action.qmp, &action.condition) : -1;
}

static int verify(void)
{
	if (action_look(&action) != 0)
		return -1;
	action.qmp.why[0] = '\0';
	if (!action.condition.is_active && !action.condition.images.written &&
		action.condition.state != VM_RUNNING)
		return 0;
	snprintf(action.qmp.why, sizeof(action.qmp.why), "it still has its disks");
	errno = EBUSY;
	return -1;
}

static int latch(void)
{
	return latch_set(&action.latch, &action.qmp, !no_latch);
}

static int look_again(void)
{
	if (action_look(&action) != 0)
		return -1;
	if (action.condition.state == VM_QUIESCED)
		return 0;
	snprintf(action.qmp.why, sizeof(action.qmp.why), "it was resumed meanwhile");
	errno = EBUSY;
	return -1;
}

static const struct {
	const char *name;
	int (*run)(void);
} steps[] = {
	{"open-images", open_images},
	{"stop", stop},
	{"release", release},
	{"verify", verify},
	{"latch", latch},
	{"verify-latch", look_again},
};

/* --- The way back --- */

/*
 * Whatever went wrong, a machine that ran is to run.  A QEMU that hangs drops what it was asked
 * on a connection that is closed meanwhile.
 */
static int undo(void)
{
	if (action_look_anew(&action) != 0)
		return action.condition.state == VM_GONE ? 0 : -1;
	latch_release(&action.qmp, &action.condition.images);
	latch_close(&action.latch); /* the locks on the images are ours as well */
	if (was_running && action.condition.state != VM_RUNNING &&
		qmp_execute(&action.qmp, "cont", NULL) != 0)
		return -1;
	return action_look(&action);
}

static enum status give_up(const char *step)
{
	char why[sizeof(action.qmp.why)];
	int error = errno;

	snprintf(why, sizeof(why), "%s", action.qmp.why);
	if (undo() != 0)
		say("resume %s: %s; it may stand still", action.name, action.qmp.why);
	return action_failed(&action, step, error, why);
}

/* --- Already quiesced: only the latch may change --- */

static bool has_latch(void)
{
	const struct images *images = &action.condition.images;

	return images->latched == (no_latch ? 0 : images->kept);
}

static int adjust_latch(void)
{
	const struct images *images = &action.condition.images;

	action.qmp.why[0] = '\0';
	if (latch_open(&action.latch, &root, action.vm.pid, images->kept_fd, images->kept) != 0 ||
		latch_release(&action.qmp, images) != 0 || latch() != 0)
		return -1;
	return look_again();
}

static enum status is_quiesced(void)
{
	if (has_latch())
		return action_done(&action, "already");
	if (dry_run)
		return action_not_tried(&action);
	return adjust_latch() == 0 ? action_done(&action, "already")
				   : action_failed(&action, "latch", errno, action.qmp.why);
}

enum status vmevac_quiesce(int argc, char **argv)
{
	const char *reason;

	action.name = target_operand(cli_parse(&cli, argc, argv), argc, argv);
	action_begin(&action);
	if (action.condition.state == VM_QUIESCED)
		return is_quiesced();
	if (action.condition.state == VM_EVACUATED)
		return action_refused(&action, "evacuated");
	reason = disks_refusal(&action.qmp, &action.condition);
	if (reason)
		return action_refused(&action, reason);
	if (dry_run)
		return action_not_tried(&action);
	was_running = action.condition.state == VM_RUNNING;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i].run() != 0)
			return give_up(steps[i].name);
	return action_done(&action, "done");
}
