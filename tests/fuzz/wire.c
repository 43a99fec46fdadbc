/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes from the other end of a move: as the target hears them, nothing outside its RAM is
 * touched and all failures have their reason in one line; as the source does, likewise.
 */
#include "../../src/vmevac/move/receive.h"
#include "fuzz.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAGES = 16 };

static struct ram ram;

/* Memory of the guest between two pages that nobody may write to. */
static void open_ram(void)
{
	struct ram_block *block = &ram.block[0];
	unsigned char *room;

	block->fd = memfd_create("ram", MFD_CLOEXEC);
	MUST(block->fd >= 0 && ftruncate(block->fd, (off_t)PAGES * PAGE_BYTES) == 0);
	room = mmap(NULL, (size_t)(PAGES + 2) * PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		-1, 0);
	MUST(room != MAP_FAILED);
	block->memory = mmap(room + PAGE_BYTES, (size_t)PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_FIXED, block->fd, 0);
	MUST(block->memory != MAP_FAILED);
	block->pages = PAGES;
	MUST(page_set_open(&block->lost, PAGES) == 0 && page_set_open(&block->told, PAGES) == 0);
	ram.blocks = 1;
}

/* A socket from which DATA comes, and then the end; -1 when it does not take so much. */
static int open_peer(const uint8_t *data, size_t size, int *peer)
{
	int fds[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	*peer = fds[1];
	if (size && send(fds[1], data, size, MSG_DONTWAIT) != (ssize_t)size) {
		close(fds[0]);
		close(fds[1]);
		return -1;
	}
	MUST(shutdown(fds[1], SHUT_WR) == 0);
	return fds[0];
}

static void check_failure(const char *why)
{
	MUST(*why && !strchr(why, '\n'));
	MUST(errno == ECONNRESET || errno == EBADMSG || errno == ECANCELED || errno == EFBIG ||
		errno == EILSEQ);
}

static int hear_as_target(const uint8_t *data, size_t size)
{
	int peer, fd = open_peer(data, size, &peer);
	struct wire wire = {.in = fd, .out = fd, .timeout_ns = 10000000000};
	struct receive receive = {
		.wire = &wire, .ram = &ram, .devices = {.fd = -1}, .firmware = {.fd = -1}};

	if (fd < 0)
		return -1;
	page_set_clear(&ram.block[0].lost);
	page_set_clear(&ram.block[0].told);
	if (receive_until(&receive, "load") != 0)
		check_failure(receive.why);
	MUST(ram.block[0].lost.count <= PAGES);
	MUST(receive.devices.size <= size && receive.firmware.size <= size);
	kept_close(&receive.devices);
	kept_close(&receive.firmware);
	close(fd);
	close(peer);
	return 0;
}

static void check_record(const struct wire *wire, const struct frame *frame)
{
	char text[32];

	MUST(wire->rec.line_len == frame->body && wire->rec.pairs <= REC_KEYS_MAX);
	if (wire_text(wire, "state", text, sizeof(text)))
		MUST(strlen(text) > 0 && strlen(text) < sizeof(text));
}

/* Frames one by one; a record is the only one that the source takes the body of. */
static void hear_as_source(const uint8_t *data, size_t size)
{
	static char body[WIRE_PAGES_MAX * PAGE_BYTES];
	int peer, fd = open_peer(data, size, &peer);
	struct wire wire = {.in = fd, .out = fd, .timeout_ns = 10000000000};
	struct frame frame;

	if (fd < 0)
		return;
	while (wire_receive(&wire, &frame) == 0) {
		MUST(frame.type >= FRAME_RECORD && frame.type < FRAME_TYPES);
		MUST(frame.body <= sizeof(body));
		if (frame.type == FRAME_RECORD)
			check_record(&wire, &frame);
		else if (frame.body && wire_take(&wire, body, frame.body) != 0)
			break;
	}
	check_failure(wire.why);
	close(fd);
	close(peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!ram.blocks)
		open_ram();
	if (hear_as_target(data, size) != 0)
		return -1;
	hear_as_source(data, size);
	return 0;
}
