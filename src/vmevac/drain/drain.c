/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac drain - move machines to another host, in the order of a plan. */
#include "cli.h"
#include "intake.h"
#include "jobs.h"
#include "move/send.h"
#include "vmevac.h"

#include <string.h>

static struct jobs jobs = {.run = send_machine, .at_once = 1};

static const struct cli_option options[] = {
	{.name = "jobs",
		.letter = 'j',
		.arg = "N",
		.kind = CLI_COUNT,
		.to = &jobs.at_once,
		.min = 1,
		.max = JOBS_MAX,
		.help = "move so many at once (default 1)"},
	{0},
};

static const struct cli cli = {
	.usage = "--to COMMAND [OPTION]... <RECORDS",
	.summary = "Move the machines of plan records to another host, in their order.",
	.options = options,
	.more = send_options,
	.root = &send_root,
};

static enum status refuse(const char *why)
{
	say("read standard input: plan record: %s", why);
	return STATUS_FAILED;
}

static enum status move(const struct rec *rec)
{
	char vm[TARGET_LABEL_MAX], place[REC_LINE_MAX];
	bool has_place = rec_text(rec, "to", place, sizeof(place));

	if (!rec_text(rec, "vm", vm, sizeof(vm)))
		return refuse("vm: not a name");
	if (rec_find(rec, "to") && !has_place)
		return refuse("to: not a place");
	jobs_begin(&jobs, vm, has_place ? place : NULL);
	return STATUS_DONE;
}

/* What stands behind a plan comes out behind what became of it. */
static enum status take(const struct rec *rec, void *context)
{
	if (rec_is(rec, "plan"))
		return move(rec);
	jobs_finish(&jobs);
	return jobs.stopped ? STATUS_DONE : intake_forward(rec, context);
}

/* One that was stopped reads no further. */
static enum status wait_for_input(void *context)
{
	(void)context;
	jobs_wait_for_input(&jobs);
	return jobs.stopped ? STATUS_FAILED : STATUS_DONE;
}

enum status vmevac_drain(int argc, char **argv)
{
	const struct intake intake = {.role = INTAKE_ACTOR, .record = take, .wait = wait_for_input};
	enum status status;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	jobs.to = send_command();
	if (jobs_open(&jobs) != 0)
		die_errno(STATUS_FAILED, "take over signals");
	status = intake_run(&intake);
	jobs_finish(&jobs);
	if (jobs.stopped)
		return STATUS_SOME;
	return status > jobs.worst ? status : jobs.worst;
}
