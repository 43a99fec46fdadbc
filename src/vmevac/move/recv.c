/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac recv - take in a virtual machine that "vmevac send" sends. */
#include "arrive.h"
#include "cli.h"
#include "fault.h"
#include "vmevac.h"
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct root root;
static const char *state_dir = JOURNAL_DIR;
static uint64_t stall_ns = 20 * CLOCK_SECOND, timeout_ns = 10 * CLOCK_SECOND;

static struct target *target;
static struct wire wire = {.in = -1, .out = -1};
static struct arrive arrive = {.wire = &wire, .root = &root};

static const struct cli_option options[] = {
	{.name = "launch",
		.arg = "COMMAND",
		.kind = CLI_TEXT,
		.to = &arrive.command,
		.help = "start the QEMU that waits for the machine"},
	{.name = "qmp",
		.arg = "SOCKET",
		.kind = CLI_TEXT,
		.to = &arrive.socket,
		.help = "where one that waits listens for QMP"},
	{.name = "same",
		.to = &arrive.same,
		.help = "start one by the source's own command line: whatever that says is run"},
	JOURNAL_OPTIONS(stall_ns, state_dir),
	{.name = "timeout",
		.arg = "TIME",
		.kind = CLI_DURATION,
		.to = &timeout_ns,
		.min = 1000000,
		.max = 600 * CLOCK_SECOND,
		.help = "how long a QEMU may take for an answer"},
	{0},
};

static const struct cli cli = {
	.usage = "--launch COMMAND | --qmp SOCKET | --same [OPTION]...",
	.summary = "Take in a virtual machine that \"vmevac send\" sends.",
	.options = options,
	.root = &root,
};

/* --- The end --- */

static enum status give_up(const char *step)
{
	const char *reason = arrive.why[0] ? arrive.why : strerror(errno);
	const char *vm = target->journal.vm[0] ? target->journal.vm : "a machine";

	say("receive %s: %s: %s", vm, step, reason);
	if (target->phase != TARGET_NONE && target_settle(target, &root) != 0)
		say_errno("settle %s", vm);
	if (target->phase != TARGET_RUNNING)
		wire_abort(&wire, step, reason);
	warden_dismiss();
	return STATUS_SOME;
}

static enum status take_machine(const char *(*go)(struct arrive *arrive))
{
	const char *step;

	arrive.target = target;
	step = go(&arrive);
	if (step)
		return give_up(step);
	warden_dismiss();
	return arrive.receive.mismatched ? STATUS_SOME : STATUS_DONE;
}

/* --- What became of it --- */

/* Somebody may still be about to find out. */
static int open_old_journal(void)
{
	while (journal_open(&target->journal) != 0) {
		if (errno != EAGAIN)
			return -1;
		if (wire_keep_alive(&wire) != 0)
			return -1;
		usleep(50000);
	}
	return 0;
}

static bool open_named_journal(void)
{
	struct journal *journal = &target->journal;

	return rec_text(&wire.rec, "id", journal->id, sizeof(journal->id)) &&
	       journal_is_id(journal->id) && open_old_journal() == 0;
}

static enum status tell_fate(void)
{
	static struct rec_writer record;

	if (!open_named_journal()) {
		wire_abort(&wire, "unknown", "nothing is known of that move");
		return STATUS_SOME;
	}
	if (target_recall(target) && target_settle(target, &root) != 0) {
		wire_abort(&wire, "in-doubt", "it cannot be found out");
		return STATUS_SOME;
	}
	rec_begin(&record, "fate");
	rec_put_text(&record, "state", target->journal.state);
	return wire_put(&wire, &record) == 0 ? STATUS_DONE : STATUS_SOME;
}

static enum status recover(void)
{
	if (!open_named_journal() || !target_recall(target) || target->phase < TARGET_COMMITTING) {
		wire_abort(&wire, "unknown", "that move does not wait to go on");
		return STATUS_SOME;
	}
	return take_machine(arrive_again);
}

/* --- The warden --- */

static void begin_to_watch(void)
{
	close(wire.in);
	close(wire.out);
}

static void settle_for_the_dead(void)
{
	target->qmp.fd = -1;
	if (target->phase == TARGET_NONE || target->phase == TARGET_RUNNING)
		return;
	if (journal_reopen(&target->journal) != 0 || target_settle(target, &root) != 0)
		say_errno("settle %s", target->journal.vm);
}

/* Nothing else is to get between the frames. */
static void take_wire(void)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	wire.in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	wire.out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	wire.timeout_ns = stall_ns;
	if (null < 0 || wire.in < 0 || wire.out < 0 || dup2(null, STDIN_FILENO) < 0 ||
		dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		die_errno(STATUS_FAILED, "take standard input and output");
}

static void open_target(void)
{
	target = warden_memory(sizeof(*target));
	if (!target)
		die_errno(STATUS_FAILED, "get memory");
	target->qmp = (struct qmp){.timeout_ns = timeout_ns, .fd = -1};
	target->journal = (struct journal){.fd = -1, .dir = state_dir, .side = "recv"};
	if (warden_start(begin_to_watch, NULL, settle_for_the_dead) != 0)
		die_errno(STATUS_FAILED, "start a warden");
}

static void step_of_wire(void)
{
	fault_step("frame");
}

enum status vmevac_recv(int argc, char **argv)
{
	struct frame frame;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	if (!!arrive.command + !!arrive.socket + arrive.same != 1)
		cli_wrong("give one of --launch, --qmp and --same");
	signal(SIGPIPE, SIG_IGN);
	take_wire();
	open_target();
	fault_open("recv");
	wire_on_step(step_of_wire);
	if (wire_greet(&wire) != 0 || wire_receive(&wire, &frame) != 0)
		die(STATUS_FAILED, "listen to the source: %s", wire.why);
	if (frame.type == FRAME_RECORD && rec_is(&wire.rec, "offer"))
		return take_machine(arrive_go);
	if (frame.type == FRAME_RECORD && rec_is(&wire.rec, "resolve"))
		return tell_fate();
	if (frame.type == FRAME_RECORD && rec_is(&wire.rec, "recover"))
		return recover();
	die(STATUS_FAILED, "listen to the source: it offers nothing");
}
