/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire.h"
#include "clock.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* What a frame of each type has for a body. */
static const struct shape {
	uint32_t per_page;  /* bytes for each page, */
	bool is_bits;       /* or a bit */
	uint32_t pages_max; /* 0: it is not about pages, */
	uint32_t body_max;  /* but has from 1 to so many bytes */
} shapes[FRAME_TYPES] = {
	[FRAME_RECORD] = {.body_max = REC_LINE_MAX},
	[FRAME_PAGES] = {.per_page = PAGE_BYTES, .pages_max = WIRE_PAGES_MAX},
	[FRAME_ZERO] = {.pages_max = UINT32_MAX},
	[FRAME_LOST] = {.pages_max = UINT32_MAX},
	[FRAME_DIGESTS] = {.per_page = DIGEST_BYTES, .pages_max = WIRE_DIGESTS_MAX},
	[FRAME_DEVICES] = {.body_max = WIRE_PIECE_MAX},
	[FRAME_FIRMWARE] = {.body_max = WIRE_PIECE_MAX},
	[FRAME_ARGUMENTS] = {.body_max = WIRE_PIECE_MAX},
	[FRAME_MISSING] = {.is_bits = true, .pages_max = WIRE_BITS_MAX},
	[FRAME_WANT] = {.pages_max = WIRE_PAGES_MAX},
};

static void (*on_step)(void);

void wire_on_step(void (*step)(void))
{
	on_step = step;
}

int wire_fail(struct wire *wire, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(wire->why, sizeof(wire->why), format, args);
	va_end(args);
	errno = error;
	return -1;
}

static int fail_errno(struct wire *wire, int error)
{
	switch (error) {
	case ECONNRESET:
	case EPIPE:
		return wire_fail(wire, ECONNRESET, "the other end is gone");
	case ETIMEDOUT:
		return wire_fail(wire, error, "the other end is silent for %" PRIu64 " ms",
			wire->timeout_ns / 1000000);
	default:
		return wire_fail(wire, error, "%s", strerror(error));
	}
}

/* --- Bytes --- */

static int wait_for(const struct wire *wire, int fd, short events)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};
	struct timespec timeout = {
		(time_t)(wire->timeout_ns / CLOCK_SECOND), (long)(wire->timeout_ns % CLOCK_SECOND)};
	int n;

	while ((n = ppoll(&poll_fd, 1, &timeout, NULL)) < 0 && errno == EINTR)
		;
	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0 ? 0 : -1;
}

int wire_take(struct wire *wire, void *to, size_t size)
{
	char *p = to;

	while (size > 0) {
		if (wait_for(wire, wire->in, POLLIN) != 0)
			return fail_errno(wire, errno);

		ssize_t n = read(wire->in, p, size);

		if (n == 0)
			return fail_errno(wire, ECONNRESET);
		if (n > 0) {
			p += n;
			size -= (size_t)n;
		} else if (errno != EINTR && errno != EAGAIN) {
			return fail_errno(wire, errno);
		}
	}
	return 0;
}

/* Of N pieces, those that have been written in part or whole are behind us. */
static void advance(struct iovec **piece, int *pieces, size_t n)
{
	while (*pieces && n >= (*piece)->iov_len) {
		n -= (*piece)->iov_len;
		++*piece;
		--*pieces;
	}
	if (*pieces) {
		(*piece)->iov_base = (char *)(*piece)->iov_base + n;
		(*piece)->iov_len -= n;
	}
}

static int give(struct wire *wire, struct iovec *piece, int pieces)
{
	while (pieces > 0) {
		if (wait_for(wire, wire->out, POLLOUT) != 0)
			return fail_errno(wire, errno);

		ssize_t n = writev(wire->out, piece, pieces);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return fail_errno(wire, errno);
		if (n > 0) {
			wire->sent += (uint64_t)n;
			advance(&piece, &pieces, (size_t)n);
		}
	}
	wire->sent_ns = clock_now();
	return 0;
}

/* --- Frames --- */

static uint32_t body_of(const struct shape *shape, uint32_t pages)
{
	return shape->is_bits ? (pages + 7) / 8 : pages * shape->per_page;
}

static bool has_shape(const struct frame *frame)
{
	const struct shape *shape;

	if (frame->type < FRAME_RECORD || frame->type >= FRAME_TYPES)
		return false;
	shape = &shapes[frame->type];
	if (shape->pages_max)
		return frame->pages && frame->pages <= shape->pages_max &&
		       frame->body == body_of(shape, frame->pages);
	return !frame->block && !frame->pages && !frame->first && frame->body &&
	       frame->body <= shape->body_max;
}

struct header {
	uint32_t type, body, block, pages;
	uint64_t first;
};
_Static_assert(sizeof(struct header) == WIRE_HEADER, "no holes");

int wire_send(struct wire *wire, const struct frame *frame, const void *body)
{
	struct header header = {htole32(frame->type), htole32(frame->body), htole32(frame->block),
		htole32(frame->pages), htole64(frame->first)};
	struct iovec pieces[] = {{&header, sizeof(header)}, {(void *)(uintptr_t)body, frame->body}};

	if (!has_shape(frame))
		return wire_fail(wire, EINVAL, "a frame that is not to be");
	if (on_step)
		on_step();
	return give(wire, pieces, frame->body ? 2 : 1);
}

static int receive_header(struct wire *wire, struct frame *frame)
{
	struct header header = {0};

	if (wire_take(wire, &header, sizeof(header)) != 0)
		return -1;
	frame->type = le32toh(header.type);
	frame->body = le32toh(header.body);
	frame->block = le32toh(header.block);
	frame->pages = le32toh(header.pages);
	frame->first = le64toh(header.first);
	return has_shape(frame) ? 0
				: wire_fail(wire, EBADMSG, "the other end sent what is no frame");
}

static int receive_record(struct wire *wire, const struct frame *frame)
{
	const char *why;

	if (wire_take(wire, wire->line, frame->body) != 0)
		return -1;
	if (wire->line[frame->body - 1] != '\n' || memchr(wire->line, '\n', frame->body - 1) ||
		frame->body == 1 || wire->line[0] == '#')
		return wire_fail(wire, EBADMSG, "the other end sent what is no record");
	why = rec_parse(wire->line, frame->body, &wire->rec);
	return why ? wire_fail(wire, EBADMSG, "the other end sent a bad record: %s", why) : 0;
}

static int be_aborted(struct wire *wire)
{
	char text[sizeof(wire->why)];

	if (!rec_text(&wire->rec, "text", text, sizeof(text)))
		rec_text(&wire->rec, "reason", text, sizeof(text));
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = ' '; /* it is to be a line, and nothing that a terminal acts on */
	return wire_fail(wire, ECANCELED, "the other end gave up: %s", text);
}

int wire_receive(struct wire *wire, struct frame *frame)
{
	do {
		if (receive_header(wire, frame) != 0)
			return -1;
		if (frame->type != FRAME_RECORD)
			return 0;
		if (receive_record(wire, frame) != 0)
			return -1;
	} while (rec_is(&wire->rec, "alive"));
	return rec_is(&wire->rec, "abort") ? be_aborted(wire) : 0;
}

int wire_check(struct wire *wire)
{
	struct pollfd poll_fd = {.fd = wire->in, .events = POLLIN};
	struct frame frame;

	if (poll(&poll_fd, 1, 0) <= 0)
		return 0;
	if (wire_receive(wire, &frame) != 0)
		return -1;
	return wire_fail(wire, EBADMSG, "the other end sent what was not to come");
}
