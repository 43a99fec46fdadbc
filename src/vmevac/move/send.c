/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac send - move a virtual machine to another host while it runs, without its bad pages. */
#include "cli.h"
#include "departure.h"
#include "send.h"
#include "vm/journals.h"
#include "vmevac.h"
#include "warden.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct root send_root;
static struct targets targets = {.root = &send_root, .timeout_ns = 10 * CLOCK_SECOND};
static const char *command;
static const char *state_dir = JOURNAL_DIR;
static uint64_t stall_ns = 20 * CLOCK_SECOND;
static bool dry_run, in_records;

static struct evac *evac;
static struct leave leave = {.root = &send_root,
	.max_rounds = 30,
	.max_blackout_ns = 300000000,
	.mode = DIRTY_AUTO,
	.carrier = {.fd = -1},
	.poison = {.map_fd = -1, .flags_fd = -1},
	.dirty = {.pagemap = -1, .uffd = -1}};

static const char *parse_mode(const char *argument, void *to)
{
	for (unsigned int i = 0; i < DIRTY_MODES; i++) {
		if (strcmp(dirty_mode_words[i], argument) == 0) {
			*(enum dirty_mode *)to = (enum dirty_mode)i;
			return NULL;
		}
	}
	return "not one of auto uffd soft-dirty";
}

static const char *parse_post_copy(const char *argument, void *to)
{
	for (unsigned int i = 0; i < POST_COPY_WAYS; i++) {
		if (strcmp(post_copy_words[i], argument) == 0) {
			*(enum post_copy *)to = (enum post_copy)i;
			return NULL;
		}
	}
	return "not one of auto never always";
}

const struct cli_option send_options[] = {
	{.name = "to",
		.arg = "COMMAND",
		.kind = CLI_TEXT,
		.to = &command,
		.help = "what carries the bytes to \"vmevac recv\" and back"},
	{.name = "max-rounds",
		.arg = "N",
		.kind = CLI_COUNT,
		.to = &leave.max_rounds,
		.min = 1,
		.max = 10000,
		.help = "stop the guest after so many passes over its memory at the latest"},
	{.name = "max-blackout",
		.arg = "TIME",
		.kind = CLI_DURATION,
		.to = &leave.max_blackout_ns,
		.min = 1000,
		.max = 3600 * CLOCK_SECOND,
		.help = "stop it as soon as what is left is sent in that time"},
	{.name = "post-copy",
		.arg = "WHEN",
		.kind = CLI_PARSE,
		.to = &leave.post_copy,
		.parse = parse_post_copy,
		.help = "whether memory may follow the machine: auto, never or always"},
	{.name = "tracking",
		.arg = "HOW",
		.kind = CLI_PARSE,
		.to = &leave.mode,
		.parse = parse_mode,
		.help = "how written pages are found: auto, uffd or soft-dirty"},
	ACTION_DRY_RUN(dry_run),
	{.name = "follow",
		.letter = 'f',
		.to = &in_records,
		.help = "print progress records while it goes on"},
	JOURNAL_OPTIONS(stall_ns, state_dir),
	TARGETS_OPTIONS(targets),
	{0},
};

static const struct cli cli = {
	.usage = "--to COMMAND [OPTION]... VM",
	.summary = "Move a virtual machine to another host while it runs.",
	.options = send_options,
	.root = &send_root,
};

static void open_journal(void)
{
	struct journal *journal = &evac->journal;
	char label[TARGET_LABEL_MAX];

	snprintf(journal->vm, sizeof(journal->vm), "%s", target_label(&evac->action.vm, label));
	journal->pid = evac->action.vm.pid;
	journal->start = evac->action.vm.start;
	if (journal_make_id(journal->id) != 0 || journal_create(journal) != 0 ||
		evac_enter(evac, EVAC_HERE) != 0)
		die_errno(STATUS_FAILED, "write a journal in %s", state_dir);
}

/* Of two that begin at once each sees the other's journal, or one of them does. */
static bool is_moved_by_another(void)
{
	const struct vm *vm = &evac->action.vm;
	int moved = journals_in_work(state_dir, vm->pid, vm->start, &evac->journal);

	if (moved < 0)
		die_errno(STATUS_FAILED, "read %s", state_dir);
	return moved;
}

static enum status give_way(void)
{
	static const struct refusal refusal = {.reason = "moving"};

	if (journal_put(&evac->journal, "back") != 0)
		say_errno("write that %s runs here into its journal", evac->action.name);
	evac->phase = EVAC_UNTOUCHED;
	warden_dismiss();
	return evac_refused(evac, &refusal);
}

static enum status not_looked_at(const char *step)
{
	const char *why = evac->action.qmp.why;

	return evac_failed(evac, step, errno, why[0] ? why : strerror(errno));
}

enum status send_machine(const char *name)
{
	struct refusal refusal;
	const char *step;
	int refused;

	evac = departure_open(
		&leave, &(struct evac){.to = command,
				.stall_ns = stall_ns,
				.action = {.type = "evac", .name = name, .targets = &targets},
				.journal = {.fd = -1,
					.dir = state_dir,
					.side = "send",
					.to = command,
					.host = getenv("VMEVAC_TO")}});
	step = action_open(&evac->action);
	if (step)
		return not_looked_at(step);
	refused = source_refusal(&evac->action, &refusal);
	if (refused < 0)
		return not_looked_at("look");
	if (refused)
		return evac_refused(evac, &refusal);
	if (dry_run)
		return evac_not_tried(evac);
	open_journal();
	if (is_moved_by_another())
		return give_way();
	follow_open(&leave.follow, evac, &leave.wire, in_records);
	return departure_run(leave_go);
}

const char *send_command(void)
{
	if (!command)
		cli_wrong("no --to given");
	return command;
}

enum status vmevac_send(int argc, char **argv)
{
	const char *name = target_operand(cli_parse(&cli, argc, argv), argc, argv);

	send_command();
	return send_machine(name);
}
