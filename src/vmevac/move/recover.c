/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac recover - go on with a move that was cut when the machine was to run at the target. */
#include "cli.h"
#include "departure.h"
#include "vm/journals.h"
#include "vmevac.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct root root;
static struct targets targets = {.root = &root, .timeout_ns = 10 * CLOCK_SECOND};
static const char *command;
static const char *state_dir = JOURNAL_DIR;
static uint64_t stall_ns = 20 * CLOCK_SECOND;

static struct evac *evac;
static struct leave leave = {.root = &root,
	.carrier = {.fd = -1},
	.poison = {.map_fd = -1, .flags_fd = -1},
	.dirty = {.pagemap = -1, .uffd = -1}};

static const struct cli_option options[] = {
	{.name = "to",
		.arg = "COMMAND",
		.kind = CLI_TEXT,
		.to = &command,
		.help = "what carries the bytes to \"vmevac recv\" and back, if not the same as "
			"before"},
	JOURNAL_OPTIONS(stall_ns, state_dir),
	TARGETS_OPTIONS(targets),
	{0},
};

static const struct cli cli = {
	.usage = "[--to COMMAND] [OPTION]... VM",
	.summary = "Go on with the move of a virtual machine that was cut.",
	.options = options,
	.root = &root,
};

/* Where drain was told that it should go. */
static void take_host(struct journal *journal)
{
	if (!getenv("VMEVAC_TO") && journal->was_host[0])
		setenv("VMEVAC_TO", journal->was_host, 1);
	journal->host = getenv("VMEVAC_TO");
}

/* The phase that it was left in; false: it is not on its way. */
static bool open_journal(void)
{
	struct journal *journal = &evac->journal;
	int found = journals_find_away(
		state_dir, evac->action.vm.pid, evac->action.vm.start, journal->id);

	if (found < 0)
		die_errno(STATUS_FAILED, "read %s", state_dir);
	if (!found)
		return false;
	if (journal_open(journal) != 0)
		die(STATUS_FAILED, "open the journal of %s: %s", evac->action.name,
			errno == EAGAIN ? "somebody works on it" : strerror(errno));
	if (!command && !journal->was_to[0])
		die(STATUS_FAILED, "go on with %s: its --to was too long to be kept: give it",
			evac->action.name);
	if (!command)
		command = journal->was_to;
	evac->to = journal->to = command;
	take_host(journal);
	evac->phase = EVAC_AWAY;
	if (strcmp(journal->state, "committing") == 0)
		evac->phase = EVAC_COMMITTING;
	else if (strcmp(journal->state, "serving") == 0)
		evac->phase = EVAC_SERVING;
	return true;
}

enum status vmevac_recover(int argc, char **argv)
{
	const char *name = target_operand(cli_parse(&cli, argc, argv), argc, argv);

	evac = departure_open(
		&leave, &(struct evac){.to = command ? command : "",
				.stall_ns = stall_ns,
				.action = {.type = "evac", .name = name, .targets = &targets},
				.journal = {.fd = -1, .dir = state_dir, .side = "send"}});
	action_begin(&evac->action);
	follow_open(&leave.follow, evac, &leave.wire, false);
	if (!open_journal())
		return evac_refused(evac, &(struct refusal){.reason = "not-moving"});
	/* Where the target cannot say, it may be able to after it has what it waits for. */
	if (evac->phase != EVAC_AWAY)
		evac_resolve(evac, evac_ask);
	return departure_run(evac->phase == EVAC_COMMITTING || evac->phase == EVAC_SERVING
				     ? leave_again
				     : leave_nothing);
}
