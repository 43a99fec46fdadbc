/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evac.h"
#include "fault.h"
#include "rec.h"
#include "warden.h"
#include "wire.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const phase_words[] = {
	[EVAC_UNTOUCHED] = "untouched",
	[EVAC_HERE] = "copying",
	[EVAC_STOPPED] = "stopped",
	[EVAC_COMMITTING] = "committing",
	[EVAC_SERVING] = "serving",
	[EVAC_AWAY] = "away",
};

int evac_reach(const struct evac *evac, struct carrier *carrier)
{
	char ram[32];
	const struct carrier_variable variables[] = {{"VMEVAC_VM", evac->journal.vm},
		{"VMEVAC_ID", evac->journal.id}, {"VMEVAC_RAM", ram}, {0}};

	snprintf(ram, sizeof(ram), "%" PRIu64 "K", evac->action.vm.args.ram >> 10);
	return carrier_open(carrier, evac->to, variables);
}

int evac_enter(struct evac *evac, enum evac_phase phase)
{
	if (journal_put(&evac->journal, phase_words[phase]) != 0)
		return -1;
	evac->phase = phase;
	if (phase == EVAC_STOPPED)
		evac->stopped_ns = clock_now();
	fault_step(phase_words[phase]);
	return 0;
}

/* --- Whose it is --- */

static int fail(struct evac *evac, int error, const char *why)
{
	snprintf(evac->action.qmp.why, sizeof(evac->action.qmp.why), "%s", why);
	errno = error;
	return -1;
}

int evac_ask(struct evac *evac)
{
	struct wire wire = {.timeout_ns = evac->stall_ns};
	struct rec_writer record;
	struct carrier carrier;
	char ignored[64];
	int result;

	if (evac_reach(evac, &carrier) != 0)
		return fail(evac, errno, strerror(errno));
	wire.in = wire.out = carrier.fd;
	rec_begin(&record, "resolve");
	rec_put_text(&record, "id", evac->journal.id);
	result = wire_greet(&wire);
	if (result == 0)
		result = wire_put(&wire, &record);
	if (result == 0)
		result = wire_expect(&wire, "fate");
	if (result == 0)
		rec_text(&wire.rec, "state", evac->fate, sizeof(evac->fate));
	else
		fail(evac, errno, wire.why);
	carrier_close(&carrier, ignored, sizeof(ignored));
	return result;
}

/* The network may be back in a moment. */
int evac_resolve(struct evac *evac, int (*ask)(struct evac *evac))
{
	uint64_t deadline = clock_now() + 2 * evac->stall_ns;
	const char *state = evac->fate;

	evac->fate[0] = '\0';
	do {
		if (ask(evac) == 0 && strcmp(state, "running") == 0)
			return evac_enter(evac, EVAC_AWAY);
		if (strcmp(state, "fetching") == 0 || strcmp(state, "interrupted") == 0)
			return evac_enter(evac, EVAC_SERVING);
		/* Once it has run there, nothing that is said makes it ours again. */
		if (strcmp(state, "dropped") == 0 && evac->phase == EVAC_COMMITTING) {
			evac->phase = EVAC_STOPPED;
			return 0;
		}
		sleep(1);
	} while (clock_now() < deadline);
	return fail(evac, EUNATCH, "the target does not tell whether it runs it");
}

static int bring_back(struct evac *evac)
{
	if (source_bring_back(&evac->action, 2 * evac->stall_ns) != 0)
		return -1;
	evac->blackout_ns = evac->stopped_ns ? clock_now() - evac->stopped_ns : 0;
	return 0;
}

static void end_source(struct evac *evac)
{
	evac->is_left = source_end(&evac->action) != 0;
	if (evac->is_left)
		say("end the QEMU that %s has left: %s", evac->action.name, evac->action.qmp.why);
}

int evac_settle(struct evac *evac, int (*ask)(struct evac *evac))
{
	int result = 0;

	warden_repair(&evac->inject);
	if (evac->phase == EVAC_COMMITTING && evac_resolve(evac, ask) != 0)
		return -1;
	if (evac->phase == EVAC_STOPPED)
		result = bring_back(evac);
	else if (evac->phase == EVAC_AWAY)
		end_source(evac);
	if (result == 0 && (evac->phase == EVAC_STOPPED || evac->phase == EVAC_HERE) &&
		journal_put(&evac->journal, "back") != 0)
		say_errno("write that %s runs here into its journal", evac->action.name);
	return result;
}

/* --- The record --- */

/* Room for all that comes behind a command that may be of any length. */
enum { REST_OF_RECORD = 2048 };

static struct rec_writer record;

static void begin_record(const struct evac *evac, const char *result)
{
	rec_begin(&record, "evac");
	rec_put_text(&record, "vm", evac->action.name);
	rec_put_head(&record, "to", evac->to, strlen(evac->to), REST_OF_RECORD);
	rec_put_text(&record, "result", result);
}

static void put_known(const char *key, uint64_t value)
{
	if (value)
		rec_put_u64(&record, key, value);
}

static void put_figures(const struct evac *evac)
{
	put_known("blackout_ns", evac->blackout_ns);
	put_known("save_ns", evac->save_ns);
	put_known("send_ns", evac->send_ns);
	put_known("load_ns", evac->load_ns);
	put_known("fetched", evac->fetched);
	put_known("faults", evac->faults);
	put_known("fault_p50_ns", evac->fault_p50_ns);
	put_known("fault_p99_ns", evac->fault_p99_ns);
	put_known("bytes", evac->bytes);
	put_known("rounds", evac->rounds);
	if (evac->mode)
		rec_put_text(&record, "mode", dirty_mode_words[evac->mode]);
	if (evac->journal.id[0])
		rec_put_text(&record, "id", evac->journal.id);
}

static enum status end_record(struct evac *evac, enum status status)
{
	rec_put_now(&record, "t");
	rec_put_u64(&record, "total_ns", clock_now() - evac->action.start_ns);
	return rec_send(&record, stdout) == 0 ? status : say_output_failed();
}

void evac_mismatch(const struct evac *evac, const char *backend, uint64_t off)
{
	rec_begin(&record, "mismatch");
	rec_put_text(&record, "vm", evac->action.name);
	rec_put_text(&record, "backend", backend);
	rec_put_u64(&record, "off", off);
	rec_put_u64(&record, "size", PAGE_BYTES);
	rec_put_text(&record, "id", evac->journal.id);
	rec_put_now(&record, "t");
	if (rec_send(&record, stdout) != 0)
		say_output_failed();
}

static void put_memory(const struct evac *evac)
{
	rec_put_u64(&record, "poisoned", evac->poisoned);
	rec_put_u64(&record, "lost", evac->poisoned * PAGE_BYTES);
	rec_put_u64(&record, "unseen", evac->unseen);
	rec_put_u64(&record, "compared", evac->compared);
	rec_put_u64(&record, "mismatched", evac->mismatched);
}

static void put_recover(const struct evac *evac)
{
	char hint[sizeof(evac->journal.vm) + 32];

	snprintf(hint, sizeof(hint), "vmevac recover %s", evac->action.name);
	rec_put_text(&record, "hint", hint);
}

enum status evac_failed(struct evac *evac, const char *step, int error, const char *why)
{
	say("send %s: %s: %s", evac->action.name, step, why);
	begin_record(evac, "failed");
	if (error)
		rec_put_errno(&record, "errno", error);
	rec_put_text(&record, "reason", step);
	if (evac->phase == EVAC_COMMITTING || evac->phase == EVAC_SERVING)
		put_recover(evac);
	if (evac->journal.state[0])
		rec_put_text(&record, "state", evac->journal.state);
	put_figures(evac);
	if (evac->phase == EVAC_AWAY)
		put_memory(evac);
	return end_record(evac, STATUS_SOME);
}

enum status evac_done(struct evac *evac)
{
	char words[64];

	if (evac->mismatched) {
		snprintf(words, sizeof(words), "%" PRIu64 " pages differ", evac->mismatched);
		return evac_failed(evac, "mismatch", 0, words);
	}
	begin_record(evac, "done");
	put_figures(evac);
	put_memory(evac);
	return end_record(evac, evac->is_proved && !evac->is_left ? STATUS_DONE : STATUS_SOME);
}

enum status evac_refused(struct evac *evac, const struct refusal *refusal)
{
	begin_record(evac, "refused");
	rec_put_text(&record, "reason", refusal->reason);
	if (refusal->hint[0])
		rec_put_text(&record, "hint", refusal->hint);
	return end_record(evac, STATUS_SOME);
}

enum status evac_not_tried(struct evac *evac)
{
	const struct refusal refusal = {.reason = "dry-run"};
	enum status status = evac_refused(evac, &refusal);

	return status == STATUS_SOME ? STATUS_DONE : status;
}
