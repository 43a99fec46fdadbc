/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac send - move a virtual machine to another host while it runs, without its bad pages. */
#include "cli.h"
#include "fault.h"
#include "leave.h"
#include "send.h"
#include "vmevac.h"
#include "warden.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
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
		.min = 1000000,
		.max = 3600 * CLOCK_SECOND,
		.help = "stop it as soon as what is left is sent in that time"},
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

/* --- The end --- */

static void settle(void)
{
	if (evac_settle(evac) != 0)
		say("settle %s: %s; it stands still", evac->action.name, evac->action.qmp.why);
}

static void count_up(void)
{
	evac->bytes = leave.wire.sent;
	evac->unseen = leave.copy.unseen;
	for (unsigned int i = 0; i < leave.ram.blocks; i++)
		evac->poisoned += leave.ram.block[i].lost.count;
}

static enum status give_up(const char *step)
{
	char reason[512], of_command[64];
	int error = errno;

	count_up();
	follow_clear(&leave.follow);
	snprintf(reason, sizeof(reason), "%s", leave.why[0] ? leave.why : strerror(error));
	if (evac->phase != EVAC_COMMITTING && leave.carrier.fd >= 0)
		wire_abort(&leave.wire, step, reason);
	/* The guest may stand still: all else can wait. */
	carrier_hang_up(&leave.carrier);
	settle();
	warden_dismiss();
	leave_close(&leave, of_command, sizeof(of_command));
	follow_end(&leave.follow);
	if (error == ECONNRESET && of_command[0])
		snprintf(reason, sizeof(reason), "%s", of_command);
	if (evac->phase == EVAC_AWAY)
		return evac_done(evac);
	return evac_failed(evac, evac->phase == EVAC_COMMITTING ? "in-doubt" : step, error, reason);
}

/* Nothing of this can bring it back. */
static enum status finish(void)
{
	char ignored[64];

	evac->blackout_ns = clock_now() - evac->stopped_ns;
	follow_clear(&leave.follow);
	count_up();
	if (evac_enter(evac, EVAC_AWAY) != 0)
		say_errno("write the journal of %s", evac->action.name);
	if (source_end(&evac->action) != 0)
		say("end the QEMU that %s has left: %s", evac->action.name, evac->action.qmp.why);
	leave_close(&leave, ignored, sizeof(ignored));
	warden_dismiss();
	follow_end(&leave.follow);
	return evac_done(evac);
}

/* --- The warden --- */

/* It began before there was anything to hold. */
static void begin_to_watch(void)
{
}

static void settle_for_the_dead(void)
{
	evac->action.qmp.fd = -1;
	if (evac->phase == EVAC_UNTOUCHED)
		return;
	if (journal_reopen(&evac->journal) != 0)
		say_errno("open the journal of %s", evac->action.name);
	settle();
	if (evac->phase == EVAC_AWAY)
		evac_done(evac);
	else
		evac_failed(
			evac, evac->phase == EVAC_COMMITTING ? "in-doubt" : "killed", 0, "killed");
}

static void open_evac(const char *name)
{
	evac = warden_memory(sizeof(*evac));
	if (!evac || warden_start(begin_to_watch, settle_for_the_dead) != 0)
		die_errno(STATUS_FAILED, "start a warden");
	evac->to = command;
	evac->stall_ns = stall_ns;
	evac->action = (struct action){.type = "evac", .name = name, .targets = &targets};
	evac->journal = (struct journal){.fd = -1, .dir = state_dir, .side = "send", .to = command};
}

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

static void step_of_wire(void)
{
	fault_step("frame");
}

static void step_of_injection(void)
{
	fault_step("inject");
}

static void open_faults(void)
{
	fault_open("send");
	wire_on_step(step_of_wire);
	inject_on_step(step_of_injection);
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

	open_faults();
	signal(SIGPIPE, SIG_IGN);
	open_evac(name);
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
	leave.evac = evac;
	follow_open(&leave.follow, evac, &leave.wire, in_records);
	step = leave_go(&leave);
	return step ? give_up(step) : finish();
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
