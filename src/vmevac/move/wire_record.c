/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire: what is said in records. */
#include "clock.h"
#include "wire.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int wire_put(struct wire *wire, struct rec_writer *record)
{
	struct frame frame = {.type = FRAME_RECORD, .body = (uint32_t)record->len + 1};

	if (record->error)
		return wire_fail(wire, record->error, "a record that cannot be: %s",
			strerror(record->error));
	record->line[record->len] = '\n';
	return wire_send(wire, &frame, record->line);
}

int wire_say(struct wire *wire, const char *type)
{
	struct rec_writer record;

	rec_begin(&record, type);
	return wire_put(wire, &record);
}

int wire_expect(struct wire *wire, const char *type)
{
	struct frame frame;

	if (wire_receive(wire, &frame) != 0)
		return -1;
	if (frame.type == FRAME_RECORD && rec_is(&wire->rec, type))
		return 0;
	return wire_fail(wire, EBADMSG, "the other end did not send \"%s\"", type);
}

int wire_greet(struct wire *wire)
{
	struct rec_writer record;
	uint64_t version = 0, page = 0;

	rec_begin(&record, "hello");
	rec_put_u64(&record, "version", WIRE_VERSION);
	rec_put_u64(&record, "pagesize", PAGE_BYTES);
	if (wire_put(wire, &record) != 0 || wire_expect(wire, "hello") != 0)
		return -1;
	rec_u64(&wire->rec, "version", &version);
	rec_u64(&wire->rec, "pagesize", &page);
	if (version == WIRE_VERSION && page == PAGE_BYTES)
		return 0;
	return wire_fail(wire, EBADMSG,
		"the other end speaks version %" PRIu64 ", with pages of %" PRIu64, version, page);
}

int wire_keep_alive(struct wire *wire)
{
	return clock_now() - wire->sent_ns < CLOCK_SECOND ? 0 : wire_say(wire, "alive");
}

void wire_abort(struct wire *wire, const char *reason, const char *text)
{
	struct wire last = *wire; /* what failed before stays known */
	struct rec_writer record;

	/* Whoever gives up has somebody else to see to. */
	last.timeout_ns = CLOCK_SECOND / 10;

	rec_begin(&record, "abort");
	rec_put_text(&record, "reason", reason);
	rec_put_text(&record, "text", text);
	wire_put(&last, &record);
}
