/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire - what the two ends of an evacuation say to each other, over any pair of byte streams.
 *
 * A stream is frames; numbers are little-endian:
 *
 *	offset 0	u32	type, enum frame_type
 *	4		u32	bytes of the body
 *	8		u32	block: number of a RAM block, in the order of the offer
 *	12		u32	pages of PAGE_BYTES, 0 in frames that are not about RAM
 *	16		u64	the first of them, counted within the block
 *	24			the body
 *
 *	type		body
 *	FRAME_RECORD	a record (records(5)) with its LF: all that is not bulk
 *	FRAME_PAGES	the content of the pages
 *	FRAME_ZERO	none: the pages are zeros; in the proof: they are holes by now
 *	FRAME_LOST	none: the pages are poisoned, and are to be so at the target;
 *			in the proof: they cannot be compared
 *	FRAME_DIGESTS	for each page 16 bytes, the canonical form of its XXH3-128
 *	FRAME_MISSING	a bit for each page, from the lowest of the first byte on: those that
 *			are set will be asked for
 *	FRAME_WANT	none: from the target, the pages are asked for; each is answered by
 *			FRAME_PAGES, FRAME_ZERO or FRAME_LOST, and answers keep the order
 *	FRAME_DEVICES	the next piece of the state of the devices, in QEMU's format
 *	FRAME_FIRMWARE	the next piece of the firmware
 *	FRAME_ARGUMENTS	how the source's QEMU was started, see arguments.h
 *
 * The records, those of the source and the answers of the target:
 *
 *	hello version=2 pagesize=4096		the first of both ends
 *	offer vm= id= machine= blocks=		which machine; id= names this move
 *	block backend= size=			as many as the offer says
 *	ask					how was it started?
 *	ready post_copy=			an equal machine waits for it; 1: also without
 *						all of its memory
 *	load					all has been sent: load it, do not run.  From here
 *						to "fetched" the target may ask for pages
 *	loaded					so it is
 *	commit					it is yours: run it
 *	running					so it does
 *	fetched pages= lost= faults= p50_ns= p99_ns=
 *						nothing is missing; the proof follows
 *	proved					all digests have been sent
 *	differs block= page=			not those of what came; WIRE_DIFFERS_MAX at most
 *	verdict compared= mismatched=		so many pages; the last of the target
 *	resolve id=				instead of an offer: what became of it?
 *	fate state=				running: the target has it.  dropped: it
 *						never will.  fetching, interrupted: it has
 *						it, and lacks memory
 *	recover id= blocks=			instead of an offer: go on with that move, where
 *						memory is missing; "block" follow, and then
 *						"ready", "running" and so on as above
 *	alive					nothing; not so long ago
 *	abort reason= text=			from either end: no more of this
 *
 * The peer is not trusted: lengths are checked before anything of the body is taken, and what
 * a range of pages may be is for the caller to check.  No secrecy, no authentication: they are
 * the carrier's, ssh for instance.  Functions return -1 with errno and wire->why, a line for
 * people:
 *
 *	ECONNRESET	the other end is gone
 *	ETIMEDOUT	no byte could be moved for timeout_ns
 *	EBADMSG		what came is no frame, or not one that may come
 *	ECANCELED	the other end sent abort; why is its text
 *	other		read(2), write(2)
 */
#ifndef MEMPATROL_VMEVAC_WIRE_H
#define MEMPATROL_VMEVAC_WIRE_H

#include "digest.h"
#include "page.h"
#include "rec.h"

enum {
	WIRE_VERSION = 2,
	WIRE_HEADER = 24,
	WIRE_PAGES_MAX = 64, /* with content in a frame */
	WIRE_DIGESTS_MAX = 4096,
	WIRE_PIECE_MAX = 65536,
	WIRE_BITS_MAX = 8 * WIRE_PIECE_MAX,
	WIRE_DIFFERS_MAX = 64,
};

enum frame_type {
	FRAME_RECORD = 1,
	FRAME_PAGES,
	FRAME_ZERO,
	FRAME_LOST,
	FRAME_DIGESTS,
	FRAME_DEVICES,
	FRAME_FIRMWARE,
	FRAME_ARGUMENTS,
	FRAME_MISSING,
	FRAME_WANT,
	FRAME_TYPES,
};

struct frame {
	enum frame_type type;
	uint32_t body, block, pages;
	uint64_t first;
};

struct wire {
	int in, out;         /* may be the same; out does not block, or is sent little */
	uint64_t timeout_ns; /* the longest time in which nothing moves */
	uint64_t sent;       /* bytes */
	uint64_t sent_ns;    /* when the last of them were */
	char why[256];       /* of the last failure */
	struct rec rec;      /* that was received last, in line */
	char line[REC_LINE_MAX];
};

/* wire_on_step - have STEP called before each frame that is sent; tests end the program there. */
void wire_on_step(void (*step)(void));

/* wire_fail - note why, a printf format, and set errno; -1. */
int wire_fail(struct wire *wire, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* wire_send - FRAME and its body; frame->body must fit type and pages. */
int wire_send(struct wire *wire, const struct frame *frame, const void *body);

/*
 * wire_receive - the next frame but "alive".  A record is in wire->rec then; of other frames
 * the body is still to be taken, all of it, with wire_take().
 */
int wire_receive(struct wire *wire, struct frame *frame);

/* wire_take - the next SIZE bytes of a body. */
int wire_take(struct wire *wire, void *to, size_t size);

/*
 * wire_check - nothing is to come now; -1 when something did all the same, such as an abort, or
 * when the other end is gone.
 */
int wire_check(struct wire *wire);

/* --- Records --- */

/* wire_put - end and send a record that was put together. */
int wire_put(struct wire *wire, struct rec_writer *record);

/* wire_say - send a record that is only its TYPE. */
int wire_say(struct wire *wire, const char *type);

/* wire_expect - receive a record of TYPE. */
int wire_expect(struct wire *wire, const char *type);

/* wire_greet - say hello and hear it; EBADMSG where the other end is of another version. */
int wire_greet(struct wire *wire);

/* wire_keep_alive - say so if nothing has been sent for a second: to be called while waiting. */
int wire_keep_alive(struct wire *wire);

/* wire_abort - tell the other end why, if it can be told at once. */
void wire_abort(struct wire *wire, const char *reason, const char *text);

#endif
