/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave: pages that the target asks for, which here is all there is to do for them. */
#include "fault.h"
#include "leave_step.h"

#include <errno.h>

static int answer(struct leave *leave, const struct frame *frame)
{
	if (frame->type != FRAME_WANT ||
		!ram_has(&leave->ram, frame->block, frame->first, frame->pages))
		return wire_fail(
			&leave->wire, EBADMSG, "the other end asked for what there is not");
	fault_step("answer");
	return copy_answer(&leave->copy, frame);
}

static int serve_until(struct leave *leave, const char *type)
{
	struct frame frame;

	leave->copy.is_asked = true;
	while (wire_receive(&leave->wire, &frame) == 0) {
		if (frame.type == FRAME_RECORD && rec_is(&leave->wire.rec, type))
			return 0;
		if (frame.type == FRAME_RECORD)
			return wire_fail(
				&leave->wire, EBADMSG, "the other end did not send \"%s\"", type);
		if (answer(leave, &frame) != 0)
			return -1;
	}
	return -1;
}

int leave_serve_until(struct leave *leave, const char *type)
{
	int result = serve_until(leave, type);

	leave->copy.is_asked = false;
	return leave_by_wire(leave, result);
}

int leave_serve(struct leave *leave)
{
	struct evac *evac = leave->evac;
	const struct rec *rec = &leave->wire.rec;

	if (leave_serve_until(leave, "fetched") != 0)
		return -1;
	rec_u64(rec, "pages", &evac->fetched);
	rec_u64(rec, "faults", &evac->faults);
	rec_u64(rec, "p50_ns", &evac->fault_p50_ns);
	rec_u64(rec, "p99_ns", &evac->fault_p99_ns);
	/* Of a huge page, more is lost at the target than here. */
	evac->poisoned = ram_lost(&leave->ram);
	rec_u64(rec, "lost", &evac->poisoned);
	return evac_enter(evac, EVAC_AWAY);
}
