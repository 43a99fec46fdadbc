/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave: whether all of it has come as it was. */
#include "leave_step.h"

#include <errno.h>

static int hear_of_page(struct leave *leave)
{
	const struct rec *rec = &leave->wire.rec;
	uint64_t block = 0, page = 0;

	if (rec_u64(rec, "block", &block) != 0 || rec_u64(rec, "page", &page) != 0 ||
		block >= leave->ram.blocks || !ram_has(&leave->ram, (uint32_t)block, page, 1))
		return wire_fail(
			&leave->wire, EBADMSG, "the other end sent a verdict that cannot be");
	evac_mismatch(leave->evac, leave->ram.block[block].id, page * PAGE_BYTES);
	return 0;
}

static int hear_sums(struct leave *leave)
{
	const struct rec *rec = &leave->wire.rec;

	if (rec_u64(rec, "compared", &leave->evac->compared) == 0 &&
		rec_u64(rec, "mismatched", &leave->evac->mismatched) == 0)
		return 0;
	return wire_fail(&leave->wire, EBADMSG, "the other end sent a verdict that cannot be");
}

static int hear_verdict(struct leave *leave)
{
	unsigned int differing = 0;
	struct frame frame;

	while (wire_receive(&leave->wire, &frame) == 0) {
		if (frame.type == FRAME_RECORD && rec_is(&leave->wire.rec, "verdict"))
			return hear_sums(leave);
		if (frame.type != FRAME_RECORD || !rec_is(&leave->wire.rec, "differs") ||
			++differing > WIRE_DIFFERS_MAX)
			return wire_fail(&leave->wire, EBADMSG, "the other end sent no verdict");
		if (hear_of_page(leave) != 0)
			return -1;
	}
	return -1;
}

/* The memory here is as the guest left it, and stays so until its QEMU ends. */
int leave_prove(struct leave *leave)
{
	if (leave_by_wire(leave, copy_truth(&leave->copy)) != 0 ||
		leave_by_wire(leave, wire_say(&leave->wire, "proved")) != 0)
		return -1;
	if (leave_by_wire(leave, hear_verdict(leave)) != 0)
		return -1;
	leave->evac->is_proved = true;
	return 0;
}
