/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac plan - which virtual machine is to leave first, and why. */
#include "cli.h"
#include "intake.h"
#include "judge.h"
#include "vmevac.h"
#include "vm/word_list.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static const char *policy_file;

static const struct cli_option options[] = {
	{.name = "policy",
		.letter = 'p',
		.arg = "FILE",
		.kind = CLI_TEXT,
		.to = &policy_file,
		.help = "what matters, see POLICY in the manual page"},
	{0},
};

static const struct cli cli = {
	.usage = "[--policy FILE] <RECORDS",
	.summary = "Print the order in which virtual machines are to leave this host.",
	.options = options,
};

static struct policy policy;
static struct host host;
static uint64_t skipped; /* "skip" records of the input */
static struct rec_writer record;

static void read_policy(void)
{
	const char *why;
	uint64_t line;
	int fd;

	policy_init(&policy);
	if (!policy_file)
		return;
	fd = open(policy_file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die_errno(STATUS_FAILED, "open %s", policy_file);
	why = policy_read(&policy, fd, &line);
	if (why && line == 0)
		die_errno(STATUS_FAILED, "read %s", policy_file);
	if (why)
		die(STATUS_USAGE, "read %s: line %" PRIu64 ": %s", policy_file, line, why);
	close(fd);
}

/* What is known of the host; all else, "done" records but those, goes through. */
static enum status take(const struct rec *rec, void *context)
{
	const char *why = host_take(&host, rec);

	if (why) {
		say("read standard input: %.*s record: %s", (int)rec->type_len, rec->line, why);
		return STATUS_FAILED;
	}
	if (rec_is(rec, "skip"))
		skipped++;
	if (rec_is(rec, "vm") || rec_is(rec, "owner") || rec_is(rec, "err") || rec_is(rec, "ue") ||
		rec_is(rec, "done"))
		return STATUS_DONE;
	return intake_forward(rec, context);
}

static void send(void)
{
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
}

/* --- plan --- */

static void put_causes(const struct machine *machine)
{
	struct word_list list = {0};

	for (unsigned int i = 0; i < CAUSES; i++)
		if (machine->count[i])
			word_list_add(&list, cause_rules[i].name);
	word_list_put(&list, &record, "causes");
}

static void put_known(const char *key, uint64_t value)
{
	if (value)
		rec_put_u64(&record, key, value);
}

static void print_plan(const struct machine *machine, unsigned int order)
{
	enum cause reason = judge_reason(machine);

	rec_begin(&record, "plan");
	rec_put_text(&record, "vm", machine->name);
	rec_put_u64(&record, "order", order);
	rec_put_text(&record, "reason", reason == CAUSES ? "same-host" : cause_rules[reason].name);
	rec_put_u64(&record, "score", machine->score);
	put_causes(machine);
	put_known("poisoned", machine->count[CAUSE_POISONED]);
	put_known("ram", machine->ram);
	if (machine->dirty_rate != DIRTY_RATE_UNKNOWN)
		rec_put_u64(&record, "dirty_rate", machine->dirty_rate);
	if (machine->hazards[0])
		rec_put_text(&record, "hazards", machine->hazards);
	send();
}

/* --- neighbor --- */

static const char *neighbor_word(const struct neighbor *neighbor)
{
	if (!neighbor->same_bank)
		return "same-module";
	return neighbor->rows ? "near-row" : "same-row";
}

static void put_place(const struct place *place, unsigned int keys)
{
	if (place->label_len)
		rec_put_text(&record, "dimm", place->label);
	for (unsigned int i = 0; i < keys; i++)
		if (place->known >> i & 1)
			rec_put_u64(&record, place_keys[i], place->value[i]);
}

static void print_neighbor(const struct machine *machine)
{
	const struct neighbor *neighbor = &machine->neighbor;

	if (!neighbor->beside)
		return;
	rec_begin(&record, "neighbor");
	rec_put_text(&record, "vm", machine->name);
	rec_put_text(&record, "beside", neighbor->beside->name);
	rec_put_text(&record, "reason", neighbor_word(neighbor));
	if (neighbor->same_bank)
		rec_put_u64(&record, "rows", neighbor->rows);
	put_place(&neighbor->error->place, neighbor->same_bank ? PLACE_KEYS : PLACE_MODULE_KEYS);
	send();
}

static void print(void)
{
	static const struct machine *ordered[HOST_MACHINES_MAX];
	unsigned int staying = 0;

	for (unsigned int i = 0; i < host.machines; i++)
		if (!host.machine[i].has_left)
			ordered[staying++] = &host.machine[i];
	qsort(ordered, staying, sizeof(*ordered), judge_order);
	for (unsigned int i = 0; i < staying; i++)
		print_plan(ordered[i], i + 1);
	for (unsigned int i = 0; i < staying; i++)
		print_neighbor(ordered[i]);
}

static void finish(void)
{
	rec_begin(&record, "done");
	rec_put_text(&record, "src", "vmevac");
	rec_put_text(&record, "scope", "plan");
	rec_put_u64(&record, "skipped", skipped);
	send();
}

enum status vmevac_plan(int argc, char **argv)
{
	struct intake intake = {.role = INTAKE_ACTOR, .record = take};
	enum status status;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	read_policy();
	status = intake_run(&intake);
	if (status != STATUS_DONE)
		return status;
	judge(&host, &policy);
	print();
	finish();
	return STATUS_DONE;
}
