/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "leave.h"
#include "arguments.h"
#include "fault.h"
#include "firmware.h"
#include "machine.h"
#include "rec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int by(struct leave *leave, int result, const char *words)
{
	if (result != 0)
		leave->why = words;
	return result;
}

static int by_wire(struct leave *leave, int result)
{
	return by(leave, result, leave->wire.why);
}

static int by_qmp(struct leave *leave, int result)
{
	return by(leave, result, leave->evac->action.qmp.why);
}

static const struct vm *vm_of(const struct leave *leave)
{
	return &leave->evac->action.vm;
}

/* --- Steps: each returns 0, or -1 with errno and why --- */

static int open_memory(struct leave *leave)
{
	const char *what = "";

	if (load_open() != 0)
		return -1;
	if (ram_open(&leave->ram, leave->root, &leave->evac->action.vm, &leave->evac->action.qmp,
		    PROT_READ, &what) != 0)
		return errno == ENOTSUP ? by(leave, -1, what) : -1;
	if (ram_open_source(&leave->ram) != 0)
		return -1;
	return ram_find_lost(&leave->ram, leave->root, vm_of(leave)->pid);
}

static int reach(struct leave *leave)
{
	if (evac_reach(leave->evac, &leave->carrier) != 0)
		return -1;
	leave->wire = (struct wire){.in = leave->carrier.fd,
		.out = leave->carrier.fd,
		.timeout_ns = leave->evac->stall_ns};
	return by_wire(leave, wire_greet(&leave->wire));
}

static int offer_machine(struct leave *leave, const char *type)
{
	static struct rec_writer record;

	rec_begin(&record, "offer");
	rec_put_text(&record, "vm", leave->evac->journal.vm);
	rec_put_text(&record, "id", leave->evac->journal.id);
	rec_put_text(&record, "machine", type);
	rec_put_u64(&record, "blocks", leave->ram.blocks);
	if (wire_put(&leave->wire, &record) != 0)
		return -1;
	for (unsigned int i = 0; i < leave->ram.blocks; i++) {
		rec_begin(&record, "block");
		rec_put_text(&record, "backend", leave->ram.block[i].id);
		rec_put_u64(&record, "size", leave->ram.block[i].pages * PAGE_BYTES);
		if (wire_put(&leave->wire, &record) != 0)
			return -1;
	}
	return arguments_until_ready(&leave->wire, leave->root, vm_of(leave)->pid);
}

static int offer(struct leave *leave)
{
	char type[MACHINE_TYPE_MAX];

	if (by_qmp(leave, machine_type(&leave->evac->action.qmp, type)) != 0)
		return -1;
	return by_wire(leave, offer_machine(leave, type));
}

/* All that is in file FD, in pieces. */
static int send_file(struct leave *leave, int fd, enum frame_type type)
{
	static char piece[WIRE_PIECE_MAX];
	off_t at = 0;
	ssize_t n;

	while ((n = read_at(fd, piece, sizeof(piece), at)) > 0) {
		struct frame frame = {.type = type, .body = (uint32_t)n};

		if (by_wire(leave, wire_send(&leave->wire, &frame, piece)) != 0)
			return -1;
		at += n;
	}
	return (int)n;
}

static int send_firmware(struct leave *leave)
{
	struct firmware firmware;
	int memory, result;

	if (by_qmp(leave, firmware_find(&leave->evac->action.qmp, &firmware)) != 0)
		return -1;
	if (!firmware.size)
		return 0;
	memory = memfd_create("firmware", MFD_CLOEXEC);
	if (memory < 0)
		return -1;
	result = firmware_read(
		&firmware, &leave->evac->inject, leave->root, vm_of(leave)->pid, memory);
	if (result == 0)
		result = send_file(leave, memory, FRAME_FIRMWARE);

	int error = errno;

	close(memory);
	errno = error;
	return result;
}

static int track(struct leave *leave)
{
	struct evac *evac = leave->evac;

	if (dirty_open(&leave->dirty, leave->mode, &evac->inject, leave->root, vm_of(leave)->pid,
		    &leave->ram) != 0)
		return errno == ENOTSUP ? by(leave, -1, "this kernel does not tell what is written")
					: -1;
	evac->mode = leave->dirty.mode;
	if (leave->mode == DIRTY_AUTO && evac->mode != DIRTY_UFFD)
		say("send %s: this kernel has no UFFD_FEATURE_WP_ASYNC: soft-dirty bits, one round",
			evac->action.name);
	return 0;
}

static uint64_t dirty_pages(const struct leave *leave)
{
	uint64_t pages = 0;

	for (unsigned int i = 0; i < leave->ram.blocks; i++)
		pages += leave->ram.block[i].dirty.count;
	return pages;
}

/* What is left could be sent within the time that the guest may stand still. */
static bool is_little(const struct leave *leave, uint64_t elapsed_ns)
{
	double left = (double)dirty_pages(leave), sent = (double)leave->copy.pages;

	return left * (double)elapsed_ns <= sent * (double)leave->max_blackout_ns;
}

static int copy_in_rounds(struct leave *leave)
{
	uint64_t start_ns = clock_now(), *rounds = &leave->evac->rounds;

	if (by_wire(leave, copy_all(&leave->copy)) != 0)
		return -1;
	for (*rounds = 1; dirty_can_repeat(&leave->dirty) && *rounds < leave->max_rounds;
		++*rounds) {
		if (dirty_collect(&leave->dirty, &leave->ram) != 0)
			return -1;
		if (is_little(leave, clock_now() - start_ns))
			return 0;
		if (by_wire(leave, copy_dirty(&leave->copy)) != 0)
			return -1;
	}
	return 0;
}

static int stop(struct leave *leave)
{
	if (evac_enter(leave->evac, EVAC_STOPPED) != 0)
		return -1;
	return by_qmp(leave, source_stop(&leave->evac->action));
}

static int save_devices(struct leave *leave)
{
	int fd = source_save(&leave->evac->action), result, error;

	if (fd < 0)
		return by_qmp(leave, -1);
	result = send_file(leave, fd, FRAME_DEVICES);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

/* Behind the saving, which writes to RAM as well. */
static int send_last(struct leave *leave)
{
	if (dirty_collect(&leave->dirty, &leave->ram) != 0)
		return -1;
	dirty_close(&leave->dirty, &leave->ram);
	return by_wire(leave, copy_dirty(&leave->copy));
}

static int send_truth(struct leave *leave)
{
	if (ram_find_lost(&leave->ram, leave->root, vm_of(leave)->pid) != 0)
		return -1;
	if (by_wire(leave, copy_truth(&leave->copy)) != 0)
		return -1;
	return by_wire(leave, copy_lost(&leave->copy));
}

static int have_loaded(struct leave *leave)
{
	if (by_wire(leave, wire_say(&leave->wire, "load")) != 0)
		return -1;
	return by_wire(leave, wire_expect(&leave->wire, "loaded"));
}

static int commit(struct leave *leave)
{
	if (evac_enter(leave->evac, EVAC_COMMITTING) != 0 ||
		by_wire(leave, wire_say(&leave->wire, "commit")) != 0)
		return -1;
	return by_wire(leave, wire_expect(&leave->wire, "running"));
}

static const struct {
	const char *name;
	int (*run)(struct leave *leave);
} steps[] = {
	{"open-memory", open_memory},
	{"reach", reach},
	{"offer", offer},
	{"firmware", send_firmware},
	{"track", track},
	{"copy", copy_in_rounds},
	{"stop", stop},
	{"save", save_devices},
	{"last", send_last},
	{"verify", send_truth},
	{"load", have_loaded},
	{"commit", commit},
};

/* The other end may have said why before it went. */
static void hear_last_words(struct leave *leave)
{
	struct frame frame;
	int error = errno;

	if (error == ECONNRESET && leave->why == leave->wire.why)
		while (wire_receive(&leave->wire, &frame) == 0)
			;
	else
		errno = error;
}

const char *leave_go(struct leave *leave)
{
	leave->why = "";
	leave->copy.wire = &leave->wire;
	leave->copy.ram = &leave->ram;
	leave->copy.follow = &leave->follow;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		fault_step(steps[i].name);
		if (steps[i].run(leave) == 0)
			continue;
		hear_last_words(leave);
		return steps[i].name;
	}
	return NULL;
}

void leave_close(struct leave *leave, char *why, size_t size)
{
	dirty_close(&leave->dirty, &leave->ram);
	ram_close(&leave->ram);
	carrier_close(&leave->carrier, why, size);
}
