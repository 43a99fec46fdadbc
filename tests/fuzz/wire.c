/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes from the other end of a move: as the target hears them, nothing outside its RAM is
 * touched and all failures have their reason in one line; as the source does, likewise.
 */
#include "../../src/vmevac/move/fault.h"
#include "../../src/vmevac/move/fetch.h"
#include "../../src/vmevac/move/leave_step.h"
#include "../../src/vmevac/move/receive.h"
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAGES = 16 };

static struct ram ram;

/* --- What would reach a QEMU, or people --- */

void fault_step(const char *name)
{
	(void)name;
}

static int put(unsigned int block, uint64_t first, uint64_t n)
{
	MUST(ram_has(&ram, block, first, n));
	return 0;
}

int pager_put(struct pager *pager, unsigned int block, uint64_t first, uint64_t n, const void *data)
{
	(void)pager;
	(void)data;
	return put(block, first, n);
}

int pager_fill(struct pager *pager, unsigned int block, uint64_t page)
{
	(void)pager;
	return put(block, page, 1);
}

int pager_put_poison(struct pager *pager, unsigned int block, uint64_t first, uint64_t n)
{
	(void)pager;
	return put(block, first, n);
}

int pager_finish(struct pager *pager, unsigned int block, uint64_t first, uint64_t n)
{
	(void)pager;
	return put(block, first, n);
}

int pager_wake(struct pager *pager, unsigned int block, uint64_t first, uint64_t n)
{
	(void)pager;
	return put(block, first, n);
}

int pager_next_fault(struct pager *pager, unsigned int *block, uint64_t *page)
{
	(void)pager;
	(void)block;
	(void)page;
	return 0;
}

void follow_pass(struct follow *follow, uint64_t pages)
{
	(void)follow;
	(void)pages;
}

void follow_step(struct follow *follow, uint64_t pages)
{
	(void)follow;
	(void)pages;
}

int evac_enter(struct evac *evac, enum evac_phase phase)
{
	evac->phase = phase;
	return 0;
}

void evac_mismatch(const struct evac *evac, const char *backend, uint64_t off)
{
	(void)evac;
	MUST(strlen(backend) < VMARGS_ID_MAX);
	MUST(off % PAGE_BYTES == 0 && off / PAGE_BYTES < PAGES);
}

/* --- The two ends --- */

/* Memory of the guest between two pages that nobody may write to. */
static void open_ram(void)
{
	struct ram_block *block = &ram.block[0];
	int fd = memfd_create("ram", MFD_CLOEXEC);
	unsigned char *room;

	MUST(fd >= 0 && ftruncate(fd, (off_t)PAGES * PAGE_BYTES) == 0 &&
		parts_add(&block->parts, fd, 0, PAGES) == 0);
	room = mmap(NULL, (size_t)(PAGES + 2) * PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		-1, 0);
	MUST(room != MAP_FAILED);
	block->memory = mmap(room + PAGE_BYTES, (size_t)PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_FIXED, fd, 0);
	MUST(block->memory != MAP_FAILED);
	block->pages = PAGES;
	ram.blocks = 1;
	MUST(page_set_open(&block->lost, PAGES) == 0 && ram_open_target(&ram) == 0 &&
		ram_open_source(&ram) == 0 && load_open() == 0);
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
	MUST(errno == ECONNRESET || errno == EBADMSG || errno == ECANCELED || errno == EFBIG);
}

static void forget(struct ram_block *block)
{
	page_set_clear(&block->lost);
	page_set_clear(&block->told);
	page_set_clear(&block->missing);
	page_set_clear(&block->unasked);
	memset(block->arrived, 0, (size_t)PAGES * DIGEST_BYTES);
	memset(block->digest, 0, PAGES * sizeof(*block->digest));
}

/* All steps of a machine that comes, up to the verdict. */
static int take_machine(struct receive *receive, struct fetch *fetch)
{
	if (receive_until(receive, "load") != 0)
		return -1;
	if (fetch_until(fetch, "commit") != 0 || fetch_all(fetch) != 0) {
		check_failure(fetch->why);
		return 0;
	}
	MUST(!ram.block[0].missing.count && !ram.block[0].unasked.count);
	return receive_proof(receive);
}

static int hear_as_target(const uint8_t *data, size_t size)
{
	static struct fetch fetch;
	int peer, fd = open_peer(data, size, &peer);
	struct wire wire = {.in = fd, .out = fd, .timeout_ns = 10000000000};
	struct receive receive = {.wire = &wire,
		.ram = &ram,
		.can_wait = true,
		.devices = {.fd = -1},
		.firmware = {.fd = -1}};

	if (fd < 0)
		return -1;
	forget(&ram.block[0]);
	fetch = (struct fetch){.wire = &wire, .ram = &ram, .pager = {.uffd = -1}};
	if (take_machine(&receive, &fetch) != 0)
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
	if (rec_text(&wire->rec, "state", text, sizeof(text)))
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

/* What a target may ask for, and its verdict. */
static void serve_as_source(const uint8_t *data, size_t size)
{
	static struct evac evac;
	static struct leave leave;
	int peer, fd = open_peer(data, size, &peer);

	if (fd < 0)
		return;
	leave.evac = &evac;
	leave.why = "";
	leave.ram = ram;
	leave.wire = (struct wire){.in = fd, .out = fd, .timeout_ns = 10000000000};
	leave.copy.wire = &leave.wire;
	leave.copy.ram = &leave.ram;
	MUST(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	if (leave_serve(&leave) != 0 || leave_prove(&leave) != 0)
		check_failure(leave.why);
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
	serve_as_source(data, size);
	return 0;
}
