/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac resume - let a virtual machine that was quiesced take its disks back and run. */
#include "vm/action.h"
#include "cli.h"
#include "vm/disks.h"
#include "vm/journals.h"
#include "vmevac.h"

#include <errno.h>
#include <stdio.h>

static struct root root;
static struct targets targets = {.root = &root, .timeout_ns = 10 * CLOCK_SECOND};

static bool dry_run;
static const char *state_dir = JOURNAL_DIR;

static const struct cli_option options[] = {
	ACTION_DRY_RUN(dry_run),
	JOURNALS_OPTION(&state_dir),
	TARGETS_OPTIONS(targets),
	{0},
};

static const struct cli cli = {
	.usage = "[--dry-run] [--state DIR] [--qmp VM=SOCKET] [--timeout TIME] VM",
	.summary = "Let a virtual machine take its disks back, and run.",
	.options = options,
	.root = &root,
};

static struct action action = {.type = "resume", .targets = &targets, .put = action_put_disks};
static bool was_latched;

/* Somebody else writes to an image: to take it back would not succeed, or be the end of it. */
static bool is_in_use(void)
{
	if (action.condition.images.written)
		return false; /* that may be the machine itself, and QEMU will tell */
	for (unsigned int i = 0; i < action.latch.count; i++)
		if (images_is_written(action.latch.fd[i]))
			return true;
	return false;
}

/* QEMU may have got some of its disks before it met one that it did not get. */
static void give_back(void)
{
	if (action_look_anew(&action) != 0)
		return;
	if (action.condition.tells_activity)
		disks_release(&action.qmp, &action.condition);
	latch_set(&action.latch, &action.qmp, was_latched);
	action_look(&action);
}

static enum status give_up(const char *step)
{
	char why[sizeof(action.qmp.why)];
	int error = errno;

	snprintf(why, sizeof(why), "%s", action.qmp.why);
	give_back();
	return action_failed(&action, step, error, why);
}

static int open_images(void)
{
	const struct images *images = &action.condition.images;

	action.qmp.why[0] = '\0';
	was_latched = images->latched;
	return latch_open(&action.latch, &root, action.vm.pid, images->kept_fd, images->kept);
}

/* It was on its way to another host, which may run it by now. */
static bool may_be_away(void)
{
	int may = journals_may_be_away(state_dir, action.vm.pid, action.vm.start);

	if (may < 0)
		die_errno(STATUS_FAILED, "read %s", state_dir);
	return may;
}

/* It stands still only until its last pages have gone, or come. */
static bool is_moved(void)
{
	int moved = journals_in_work(state_dir, action.vm.pid, action.vm.start, NULL);

	if (moved < 0)
		die_errno(STATUS_FAILED, "read %s", state_dir);
	return moved;
}

static enum status resume(void)
{
	const struct images *images = &action.condition.images;

	if (latch_release(&action.qmp, images) != 0)
		return give_up("unlatch");
	if (qmp_execute(&action.qmp, "cont", NULL) != 0)
		return give_up("cont");
	if (action_look(&action) != 0)
		return action_failed(&action, "verify", errno, action.qmp.why);
	return action_done(&action, "done");
}

enum status vmevac_resume(int argc, char **argv)
{
	action.name = target_operand(cli_parse(&cli, argc, argv), argc, argv);
	action_begin(&action);
	if (action.condition.state == VM_RUNNING)
		return action_done(&action, "already");
	if (action.condition.state == VM_EVACUATED)
		return action_refused(&action, "evacuated");
	if (is_moved())
		return action_refused(&action, "moving");
	if (may_be_away())
		return action_refused(&action, "in-doubt");
	if (open_images() != 0)
		return action_failed(&action, "open-images", errno, action.qmp.why);
	if (is_in_use())
		return action_refused(&action, "in-use");
	if (dry_run)
		return action_not_tried(&action);
	return resume();
}
