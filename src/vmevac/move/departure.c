/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "departure.h"
#include "fault.h"
#include "warden.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct evac *evac;
static struct leave *leave;

/* --- The end --- */

static void settle(int (*ask)(struct evac *evac))
{
	if (evac_settle(evac, ask) != 0)
		say("settle %s: %s; it stands still", evac->action.name, evac->action.qmp.why);
}

/* Its command may need rights that are no longer ours. */
static int ask_by_warden(struct evac *of)
{
	(void)of;
	return warden_ask();
}

static void count_up(void)
{
	evac->bytes = leave->wire.sent;
	evac->unseen = leave->copy.unseen;
}

/* What is to be known before all: whose the machine is. */
static const char *word_of(const char *step)
{
	switch (evac->phase) {
	case EVAC_COMMITTING:
		return "in-doubt";
	case EVAC_SERVING:
		return "interrupted";
	default:
		return step;
	}
}

static enum status give_up(const char *step)
{
	char reason[512], of_command[64];
	int error = errno;

	count_up();
	follow_clear(&leave->follow);
	snprintf(reason, sizeof(reason), "%s", leave->why[0] ? leave->why : strerror(error));
	if (evac->phase != EVAC_COMMITTING && leave->carrier.fd >= 0)
		wire_abort(&leave->wire, step, reason);
	/* The guest may stand still: all else can wait. */
	carrier_hang_up(&leave->carrier);
	settle(ask_by_warden);
	warden_dismiss();
	leave_close(leave, of_command, sizeof(of_command));
	follow_end(&leave->follow);
	if (error == ECONNRESET && of_command[0])
		snprintf(reason, sizeof(reason), "%s", of_command);
	if (evac->phase != EVAC_AWAY)
		return evac_failed(evac, word_of(step), error, reason);
	say("send %s: %s: %s; it has moved, but its memory has not been compared",
		evac->action.name, step, reason);
	return evac_done(evac);
}

/* Nothing of this can bring it back. */
static enum status finish(void)
{
	char ignored[64];

	count_up();
	follow_clear(&leave->follow);
	settle(ask_by_warden);
	leave_close(leave, ignored, sizeof(ignored));
	warden_dismiss();
	follow_end(&leave->follow);
	return evac_done(evac);
}

/* --- The warden --- */

/* It began before there was anything to hold. */
static void begin_to_watch(void)
{
}

static int answer(void)
{
	return evac_ask(evac);
}

static void settle_for_the_dead(void)
{
	evac->action.qmp.fd = -1;
	if (evac->phase == EVAC_UNTOUCHED)
		return;
	if (journal_reopen(&evac->journal) != 0)
		say_errno("open the journal of %s", evac->action.name);
	settle(evac_ask);
	if (evac->phase == EVAC_AWAY)
		evac_done(evac);
	else
		evac_failed(evac, word_of("killed"), 0, "killed");
}

static void step_of_wire(void)
{
	fault_step("frame");
}

static void step_of_injection(void)
{
	fault_step("inject");
}

/* --- All of it --- */

struct evac *departure_open(struct leave *of, const struct evac *as)
{
	leave = of;
	evac = warden_memory(sizeof(*evac));
	if (!evac)
		die_errno(STATUS_FAILED, "get memory");
	*evac = *as;
	signal(SIGPIPE, SIG_IGN); /* there, too */
	if (warden_start(begin_to_watch, answer, settle_for_the_dead) != 0)
		die_errno(STATUS_FAILED, "start a warden");
	fault_open("send");
	wire_on_step(step_of_wire);
	inject_on_step(step_of_injection);
	leave->evac = evac;
	return evac;
}

enum status departure_run(const char *(*go)(struct leave *leave))
{
	const char *step = go(leave);

	return step ? give_up(step) : finish();
}
