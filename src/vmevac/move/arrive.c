/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arguments.h"
#include "clock.h"
#include "arrive_step.h"
#include "fault.h"
#include "same.h"
#include "say.h"
#include "split.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- Steps: each returns 0, or -1 with errno and why --- */

static int remember(struct arrive *arrive)
{
	struct journal *journal = &arrive->target->journal;

	if (arrive->socket && strlen(arrive->socket) >= sizeof(journal->qmp))
		return arrive_refuse(arrive, "the name of --qmp is too long");
	if (arrive->socket)
		snprintf(journal->qmp, sizeof(journal->qmp), "%s", arrive->socket);
	else if (!journal_path(journal, "qmp", journal->qmp, sizeof(journal->qmp)))
		return arrive_refuse(arrive, "the name of --state is too long");
	if (journal_create(journal) != 0)
		return -1;
	return arrive_by_target(arrive, target_enter(arrive->target, TARGET_LAUNCHED));
}

static bool is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* What is run is what is shown. */
static int find_command(struct arrive *arrive)
{
	static char words[SAME_WORDS_MAX], command[SAME_COMMAND_MAX];
	static struct same same = {.is_directory = is_directory};
	size_t len;

	if (!arrive->same)
		return 0;
	if (arrive_by_wire(arrive, arguments_ask(arrive->wire, words, sizeof(words), &len)) != 0)
		return -1;
	same.qmp = arrive->target->journal.qmp;
	same.id = arrive->target->journal.id;
	if (same_command(&same, words, len, command) != 0)
		return arrive_refuse(arrive, same.why);
	fprintf(stderr, "%s: start: %s\n", say_program(), command);
	arrive->command = command;
	return 0;
}

/* The source hears that we are still there. */
static int start(struct arrive *arrive)
{
	struct target *target = arrive->target;
	uint64_t deadline = clock_now() + 6 * target->qmp.timeout_ns;

	if (arrive->command && arrive_by_target(arrive, target_launch(target, arrive->root,
								arrive->command, arrive->kib)) != 0)
		return -1;
	while (arrive_by_target(arrive, target_connect(target)) != 0) {
		if (errno != EAGAIN || !arrive->command || clock_now() > deadline)
			return -1;
		if (arrive_by_target(arrive, target_is_starting(target)) != 0 ||
			arrive_by_wire(arrive, wire_keep_alive(arrive->wire)) != 0)
			return -1;
		usleep(10000);
	}
	return 0;
}

static int check(struct arrive *arrive)
{
	return arrive_by_target(arrive, target_check(arrive->target, arrive->root, arrive->type));
}

static int say_ready(struct arrive *arrive)
{
	struct rec_writer record;

	rec_begin(&record, "ready");
	rec_put_u64(&record, "post_copy", arrive->receive.can_wait);
	return arrive_by_wire(arrive, wire_put(arrive->wire, &record));
}

static int take_all(struct arrive *arrive)
{
	if (say_ready(arrive) != 0)
		return -1;
	return arrive_by(arrive, receive_until(&arrive->receive, "load"), arrive->receive.why);
}

/* The guest could not do without them, nor be told so. */
static int reserve(struct arrive *arrive)
{
	for (unsigned int i = 0; i < arrive->ram.blocks; i++)
		if (parts_reserve(&arrive->ram.block[i].parts) != 0)
			return arrive_by(arrive, -1, "keep huge pages for the machine");
	return 0;
}

static bool lacks_memory(const struct arrive *arrive)
{
	for (unsigned int i = 0; i < arrive->ram.blocks; i++)
		if (arrive->ram.block[i].missing.count)
			return true;
	return false;
}

/* Have QEMU do something, which may need pages that have not come. */
static int have_done(struct arrive *arrive, int (*run)(void *context))
{
	if (fetch_during(&arrive->fetch, run, arrive) == 0)
		return 0;
	return arrive_by(
		arrive, -1, arrive->fetch.why[0] ? arrive->fetch.why : arrive->target->why);
}

static int split(struct arrive *arrive)
{
	struct target *target = arrive->target;

	return split_lost(&arrive->ram, &target->inject, arrive->root, target->vm.pid);
}

static int load_devices(void *context)
{
	struct arrive *arrive = context;

	return target_load(
		arrive->target, &arrive->receive.firmware, &arrive->receive.devices, arrive->type);
}

static int load(struct arrive *arrive)
{
	if (pager_arm(&arrive->fetch.pager) != 0)
		return errno == ENOTSUP ? arrive_by(arrive, -1, "this kernel has no UFFDIO_POISON")
					: -1;
	if (have_done(arrive, load_devices) != 0)
		return -1;
	return arrive_by_wire(arrive, wire_say(arrive->wire, "loaded"));
}

static int have_run(void *context)
{
	struct arrive *arrive = context;

	return target_run(arrive->target, lacks_memory(arrive));
}

static int run(struct arrive *arrive)
{
	if (arrive_by(arrive, fetch_until(&arrive->fetch, "commit"), arrive->fetch.why) != 0 ||
		have_done(arrive, have_run) != 0)
		return -1;
	return arrive_by_wire(arrive, wire_say(arrive->wire, "running"));
}

static int say_fetched(struct arrive *arrive)
{
	const struct latency *faults = &arrive->fetch.faults;
	struct rec_writer record;

	rec_begin(&record, "fetched");
	rec_put_u64(&record, "pages", arrive->fetch.pages);
	rec_put_u64(&record, "lost", ram_lost(&arrive->ram));
	rec_put_u64(&record, "faults", faults->count);
	rec_put_u64(&record, "p50_ns", latency_percentile(faults, 50));
	rec_put_u64(&record, "p99_ns", latency_percentile(faults, 99));
	return arrive_by_wire(arrive, wire_put(arrive->wire, &record));
}

/* It runs.  What it has in the end is all its own, and nobody need be there for it any more. */
static int fetch(struct arrive *arrive)
{
	struct target *target = arrive->target;

	if (arrive_by(arrive, fetch_all(&arrive->fetch), arrive->fetch.why) != 0)
		return -1;
	/* Before what a recover would look for is gone. */
	pager_let_go(&arrive->fetch.pager);
	if (target->phase != TARGET_RUNNING &&
		arrive_by_target(arrive, target_enter(target, TARGET_RUNNING)) != 0)
		return -1;
	pager_close(&arrive->fetch.pager, &target->inject, arrive->root, target->vm.pid);
	return say_fetched(arrive);
}

static int compare(struct arrive *arrive)
{
	return arrive_by(arrive, receive_proof(&arrive->receive), arrive->receive.why);
}

/* --- Steps of a move that was cut --- */

static int have_run_again(void *context)
{
	struct arrive *arrive = context;

	return target_run_again(arrive->target);
}

static int run_again(struct arrive *arrive)
{
	if (say_ready(arrive) != 0 || have_done(arrive, have_run_again) != 0)
		return -1;
	return arrive_by_wire(arrive, wire_say(arrive->wire, "running"));
}

struct step {
	const char *name;
	int (*run)(struct arrive *arrive);
};

static const struct step steps[] = {
	{"offer", arrive_take_offer},
	{"journal", remember},
	{"command", find_command},
	{"start", start},
	{"check", check},
	{"open-memory", arrive_open_memory},
	{"rights", arrive_rights},
	{"receive", take_all},
	{"reserve", reserve},
	{"split", split},
	{"load", load},
	{"run", run},
	{"fetch", fetch},
	{"compare", compare},
	{0},
};

static const struct step steps_again[] = {
	{"find-memory", arrive_find_memory},
	{"rights", arrive_rights},
	{"run-again", run_again},
	{"fetch", fetch},
	{"compare", compare},
	{0},
};

static const char *go(struct arrive *arrive, const struct step *step)
{
	arrive->why = "";
	arrive->receive = (struct receive){.wire = arrive->wire,
		.ram = &arrive->ram,
		.devices = {.fd = -1},
		.firmware = {.fd = -1}};
	arrive->fetch.wire = arrive->wire;
	arrive->fetch.ram = &arrive->ram;
	arrive->fetch.pager.uffd = -1;
	for (; step->run; step++) {
		fault_step(step->name);
		if (step->run(arrive) != 0)
			return step->name;
	}
	return NULL;
}

const char *arrive_go(struct arrive *arrive)
{
	return go(arrive, steps);
}

const char *arrive_again(struct arrive *arrive)
{
	return go(arrive, steps_again);
}
