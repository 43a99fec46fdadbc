/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arrive.h"
#include "arguments.h"
#include "clock.h"
#include "fault.h"
#include "plant.h"
#include "say.h"
#include "same.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int by(struct arrive *arrive, int result, const char *words)
{
	if (result != 0)
		arrive->why = words;
	return result;
}

static int by_wire(struct arrive *arrive, int result)
{
	return by(arrive, result, arrive->wire->why);
}

static int by_target(struct arrive *arrive, int result)
{
	return by(arrive, result, arrive->target->why);
}

static int refuse(struct arrive *arrive, const char *words)
{
	errno = EINVAL;
	return by(arrive, -1, words);
}

/* --- Steps: each returns 0, or -1 with errno and why --- */

static int take_block(struct arrive *arrive, unsigned int i)
{
	uint64_t *size = &arrive->block[i].size;

	if (by_wire(arrive, wire_expect(arrive->wire, "block")) != 0)
		return -1;
	if (!wire_text(arrive->wire, "backend", arrive->block[i].id, VMARGS_ID_MAX) ||
		rec_u64(&arrive->wire->rec, "size", size) != 0 || !*size || *size % PAGE_BYTES ||
		*size / 1024 > INT64_MAX / 1024 - arrive->kib)
		return refuse(arrive, "the source offers memory that cannot be");
	arrive->kib += *size / 1024;
	return 0;
}

/* It becomes a part of command lines: where it could be more than a name there, it is none. */
static bool is_name(const char *text)
{
	for (const char *p = text; *p; p++)
		if (*p < ' ' || *p > '~' || *p == ',')
			return false;
	return text[0] != '-';
}

static int take_offer(struct arrive *arrive)
{
	struct journal *journal = &arrive->target->journal;
	const struct wire *wire = arrive->wire;

	if (!wire_text(wire, "id", journal->id, sizeof(journal->id)) ||
		!journal_is_id(journal->id) ||
		!wire_text(wire, "vm", journal->vm, sizeof(journal->vm)) || !is_name(journal->vm) ||
		!wire_text(wire, "machine", arrive->type, sizeof(arrive->type)) ||
		rec_u64(&wire->rec, "blocks", &arrive->blocks) != 0 || !arrive->blocks ||
		arrive->blocks > RAM_BLOCKS_MAX)
		return refuse(arrive, "the source offers a machine that cannot be");
	for (unsigned int i = 0; i < arrive->blocks; i++)
		if (take_block(arrive, i) != 0)
			return -1;
	return 0;
}

static int remember(struct arrive *arrive)
{
	struct journal *journal = &arrive->target->journal;

	if (arrive->socket)
		snprintf(journal->qmp, sizeof(journal->qmp), "%s", arrive->socket);
	else if (!journal_path(journal, "qmp", journal->qmp, sizeof(journal->qmp)))
		return refuse(arrive, "the name of --state is too long");
	if (journal_create(journal) != 0)
		return -1;
	return by_target(arrive, target_enter(arrive->target, TARGET_LAUNCHED));
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
	if (by_wire(arrive, arguments_ask(arrive->wire, words, sizeof(words), &len)) != 0)
		return -1;
	same.qmp = arrive->target->journal.qmp;
	same.id = arrive->target->journal.id;
	if (same_command(&same, words, len, command) != 0)
		return refuse(arrive, same.why);
	fprintf(stderr, "%s: start: %s\n", say_program(), command);
	arrive->command = command;
	return 0;
}

/* The source hears that we are still there. */
static int start(struct arrive *arrive)
{
	struct target *target = arrive->target;
	uint64_t deadline = clock_now() + 6 * target->qmp.timeout_ns;

	if (arrive->command &&
		by_target(arrive, target_launch(target, arrive->command, arrive->kib)) != 0)
		return -1;
	while (by_target(arrive, target_connect(target)) != 0) {
		if (errno != EAGAIN || !arrive->command || clock_now() > deadline)
			return -1;
		if (by_target(arrive, target_is_starting(target)) != 0 ||
			by_wire(arrive, wire_keep_alive(arrive->wire)) != 0)
			return -1;
		usleep(10000);
	}
	return 0;
}

static int check(struct arrive *arrive)
{
	return by_target(arrive, target_check(arrive->target, arrive->root, arrive->type));
}

static void swap(struct ram_block *a, struct ram_block *b)
{
	struct ram_block c = *a;

	*a = *b;
	*b = c;
}

/* Blocks have their names, and come to be numbered as the source has them. */
static bool order_blocks(struct arrive *arrive)
{
	struct ram *ram = &arrive->ram;

	for (unsigned int i = 0; i < arrive->blocks && i < ram->blocks; i++) {
		unsigned int j = i;

		while (j < ram->blocks && strcmp(ram->block[j].id, arrive->block[i].id) != 0)
			j++;
		if (j == ram->blocks || ram->block[j].pages * PAGE_BYTES != arrive->block[i].size)
			return false;
		swap(&ram->block[i], &ram->block[j]);
	}
	return ram->blocks == arrive->blocks;
}

static int open_memory(struct arrive *arrive)
{
	struct target *target = arrive->target;
	const char *what = "";

	if (ram_open(&arrive->ram, arrive->root, &target->vm, &target->qmp, PROT_READ | PROT_WRITE,
		    &what) != 0)
		return by(arrive, -1, what);
	if (!order_blocks(arrive))
		return refuse(arrive, "the target's memory is not that of the source");
	if (ram_open_target(&arrive->ram) != 0)
		return -1;
	if (by_target(arrive, target_enter(target, TARGET_RECEIVING)) != 0)
		return -1;
	return by(arrive, receive_empty(&arrive->receive), arrive->receive.why);
}

static int take_all(struct arrive *arrive)
{
	if (by_wire(arrive, wire_say(arrive->wire, "ready")) != 0)
		return -1;
	return by(arrive, receive_until(&arrive->receive, "load"), arrive->receive.why);
}

static int load(struct arrive *arrive)
{
	struct target *target = arrive->target;

	if (plant_lost(&arrive->ram, &target->inject, arrive->root, target->vm.pid) != 0)
		return errno == ENOTSUP ? by(arrive, -1, "this kernel has no UFFDIO_POISON") : -1;
	if (by_target(arrive, target_load(target, &arrive->receive.firmware,
				      &arrive->receive.devices, arrive->type)) != 0)
		return -1;
	return by_wire(arrive, wire_say(arrive->wire, "loaded"));
}

static int run(struct arrive *arrive)
{
	if (by_wire(arrive, wire_expect(arrive->wire, "commit")) != 0)
		return -1;
	return by_target(arrive, target_run(arrive->target));
}

static const struct {
	const char *name;
	int (*run)(struct arrive *arrive);
} steps[] = {
	{"offer", take_offer},
	{"journal", remember},
	{"command", find_command},
	{"start", start},
	{"check", check},
	{"open-memory", open_memory},
	{"receive", take_all},
	{"load", load},
	{"run", run},
};

const char *arrive_go(struct arrive *arrive)
{
	arrive->why = "";
	arrive->receive = (struct receive){.wire = arrive->wire,
		.ram = &arrive->ram,
		.devices = {.fd = -1},
		.firmware = {.fd = -1}};
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		fault_step(steps[i].name);
		if (steps[i].run(arrive) != 0)
			return steps[i].name;
	}
	return NULL;
}
