/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave: what comes before the machine's memory. */
#include "arguments.h"
#include "firmware.h"
#include "leave_step.h"
#include "machine.h"
#include "rec.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

int leave_open_memory(struct leave *leave)
{
	const char *what = "";

	if (load_open() != 0)
		return -1;
	if (ram_open(&leave->ram, leave->root, &leave->evac->action.vm, &leave->evac->action.qmp,
		    PROT_READ, &what) != 0)
		return errno == ENOTSUP ? leave_by(leave, -1, what) : -1;
	if (ram_open_source(&leave->ram) != 0 ||
		pages_poison_open(&leave->poison, leave->root, leave->evac->action.vm.pid) != 0)
		return -1;
	return ram_find_lost(&leave->ram, &leave->poison);
}

int leave_reach(struct leave *leave)
{
	if (evac_reach(leave->evac, &leave->carrier) != 0)
		return -1;
	leave->wire = (struct wire){.in = leave->carrier.fd,
		.out = leave->carrier.fd,
		.timeout_ns = leave->evac->stall_ns};
	return leave_by_wire(leave, wire_greet(&leave->wire));
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
	if (leave_tell_blocks(leave) != 0)
		return -1;
	return arguments_until_ready(&leave->wire, leave->root, leave->evac->action.vm.pid);
}

int leave_tell_blocks(struct leave *leave)
{
	static struct rec_writer record;

	for (unsigned int i = 0; i < leave->ram.blocks; i++) {
		rec_begin(&record, "block");
		rec_put_text(&record, "backend", leave->ram.block[i].id);
		rec_put_u64(&record, "size", leave->ram.block[i].pages * PAGE_BYTES);
		if (wire_put(&leave->wire, &record) != 0)
			return -1;
	}
	return 0;
}

/* A wish that cannot be met is no wish to be met in another way. */
static int agree_on_following(struct leave *leave)
{
	uint64_t can = 0;

	rec_u64(&leave->wire.rec, "post_copy", &can);
	leave->can_follow = can == 1;
	if (leave->can_follow || leave->post_copy != POST_COPY_ALWAYS)
		return 0;
	errno = ENOTSUP;
	return leave_by(leave, -1, "the target cannot run without all of its memory");
}

int leave_offer(struct leave *leave)
{
	char type[MACHINE_TYPE_MAX];

	if (leave_by_qmp(leave, machine_type(&leave->evac->action.qmp, type)) != 0)
		return -1;
	if (leave_by_wire(leave, offer_machine(leave, type)) != 0)
		return -1;
	return agree_on_following(leave);
}

int leave_send_file(struct leave *leave, int fd, enum frame_type type)
{
	static char piece[WIRE_PIECE_MAX];
	off_t at = 0;
	ssize_t n;

	while ((n = read_at(fd, piece, sizeof(piece), at)) > 0) {
		struct frame frame = {.type = type, .body = (uint32_t)n};

		if (leave_by_wire(leave, wire_send(&leave->wire, &frame, piece)) != 0)
			return -1;
		at += n;
	}
	return (int)n;
}

int leave_send_firmware(struct leave *leave)
{
	struct firmware firmware;
	int memory, result;

	if (leave_by_qmp(leave, firmware_find(&leave->evac->action.qmp, &firmware)) != 0)
		return -1;
	if (!firmware.size)
		return 0;
	memory = memfd_create("firmware", MFD_CLOEXEC);
	if (memory < 0)
		return -1;
	result = firmware_read(
		&firmware, &leave->evac->inject, leave->root, leave->evac->action.vm.pid, memory);
	if (result == 0)
		result = leave_send_file(leave, memory, FRAME_FIRMWARE);

	int error = errno;

	close(memory);
	errno = error;
	return result;
}

/* It may run at the target already, or still have to be told so. */
int leave_rejoin(struct leave *leave)
{
	static struct rec_writer record;

	rec_begin(&record, "recover");
	rec_put_text(&record, "id", leave->evac->journal.id);
	rec_put_u64(&record, "blocks", leave->ram.blocks);
	if (leave_by_wire(leave, wire_put(&leave->wire, &record)) != 0 ||
		leave_by_wire(leave, leave_tell_blocks(leave)) != 0 ||
		leave_by_wire(leave, wire_expect(&leave->wire, "ready")) != 0 ||
		leave_serve_until(leave, "running") != 0)
		return -1;
	leave->evac->poisoned = ram_lost(&leave->ram);
	return evac_enter(leave->evac, EVAC_SERVING);
}
