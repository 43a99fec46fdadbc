/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac state - what a virtual machine is doing. */
#include "cli.h"
#include "vm/condition.h"
#include "vm/journals.h"
#include "rec.h"
#include "vm/targets.h"
#include "vmevac.h"

#include <stdlib.h>
#include <string.h>

static struct root root;
static struct targets targets = {.root = &root, .timeout_ns = 3 * CLOCK_SECOND};
static enum vm_state wanted = VM_UNKNOWN;
static const char *state_dir = JOURNAL_DIR;

static const char *parse_state(const char *argument, void *to)
{
	for (unsigned int i = VM_UNKNOWN + 1; i < VM_STATES; i++) {
		if (strcmp(vm_state_words[i], argument) == 0) {
			*(enum vm_state *)to = (enum vm_state)i;
			return NULL;
		}
	}
	return "not one of running paused quiesced panicked evacuated gone";
}

static const struct cli_option options[] = {
	{.name = "is",
		.arg = "STATE",
		.kind = CLI_PARSE,
		.to = &wanted,
		.parse = parse_state,
		.help = "end with 0 if that is its state, with 1 if not"},
	JOURNALS_OPTION(&state_dir),
	TARGETS_OPTIONS(targets),
	{0},
};

static const struct cli cli = {
	.usage = "[--is STATE] [--state DIR] [--qmp VM=SOCKET] [--timeout TIME] VM",
	.summary = "Print what a virtual machine is doing.",
	.options = options,
	.root = &root,
};

static void print(const char *name, pid_t pid, const struct condition *condition,
	const struct journals_news *news)
{
	static struct rec_writer record;

	rec_begin(&record, "state");
	rec_put_text(&record, "vm", name);
	rec_put_text(&record, "state", vm_state_words[condition->state]);
	if (pid)
		rec_put_u64(&record, "pid", (uint64_t)pid);
	if (condition->status[0])
		rec_put_text(&record, "runstate", condition->status);
	if (pid)
		rec_put_u64(&record, "disks", condition->images.written);
	if (pid)
		rec_put_u64(&record, "latched", condition->images.latched);
	if (news->word) {
		rec_put_text(&record, "journal", news->word);
		rec_put_text(&record, "id", news->id);
	}
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
}

/* Without an answer the state is not known. */
static void ask(const struct vm *vm, const char *name, struct condition *condition)
{
	struct qmp qmp;

	if (targets_connect(&targets, vm, &qmp) != 0)
		die(STATUS_FAILED, "ask %s: %s", name, qmp.why);
	if (condition_find(condition, &root, vm->pid, &qmp) != 0) {
		if (qmp.why[0])
			die(STATUS_FAILED, "ask %s: %s", name, qmp.why);
		die_errno(STATUS_FAILED, "look at the descriptors of %s", name);
	}
	qmp_close(&qmp);
}

enum status vmevac_state(int argc, char **argv)
{
	static struct condition condition = {.state = VM_GONE};
	static struct vm vm;
	struct journals_news news;
	const char *name = target_operand(cli_parse(&cli, argc, argv), argc, argv);
	bool found = targets_one(&targets, name, &vm);

	if (found)
		ask(&vm, name, &condition);
	if (journals_ask(state_dir, name, found ? &vm : NULL, &news) != 0)
		die_errno(STATUS_FAILED, "read %s", state_dir);
	print(name, found ? vm.pid : 0, &condition, &news);
	return wanted == VM_UNKNOWN || condition.state == wanted ? STATUS_DONE : STATUS_SOME;
}
