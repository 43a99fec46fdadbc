/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clock.h"
#include "fault.h"
#include "fetch_ask.h"
#include "fetch_wait.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TICK_NS = 500000000 };

static int fail(struct fetch *fetch, int error, const char *why)
{
	snprintf(fetch->why, sizeof(fetch->why), "%s", why);
	errno = error;
	return -1;
}

static int by_wire(struct fetch *fetch, int result)
{
	return result == 0 ? 0 : fail(fetch, errno, fetch->wire->why);
}

static int by_pager(struct fetch *fetch, int result)
{
	return result == 0 ? 0 : fail(fetch, errno, "put a page into the target's QEMU");
}

static uint64_t pages_missing(const struct fetch *fetch)
{
	uint64_t pages = 0;

	for (unsigned int i = 0; i < fetch->ram->blocks; i++)
		pages += fetch->ram->block[i].missing.count;
	return pages;
}

/* --- Who waits --- */

static bool is_missing(const struct ram_block *block, uint64_t page)
{
	uint64_t n, first = part_unit(parts_at(&block->parts, page), page, &n);

	return page_set_has_any(&block->missing, first, n);
}

static int take_fault(struct fetch *fetch, unsigned int block, uint64_t page)
{
	fault_step("fault");
	if (!is_missing(&fetch->ram->block[block], page))
		return by_pager(fetch, pager_fill(&fetch->pager, block, page));
	return by_wire(fetch, fetch_wait_for(fetch, block, page));
}

static int take_faults(struct fetch *fetch)
{
	unsigned int block;
	uint64_t page;
	int found;

	while ((found = pager_next_fault(&fetch->pager, &block, &page)) > 0)
		if (take_fault(fetch, block, page) != 0)
			return -1;
	return found == 0 ? 0 : fail(fetch, errno, "hear who waits for a page");
}

/* --- Answers --- */

static bool was_asked(const struct fetch *fetch, const struct frame *frame)
{
	const struct ram_block *block;

	if (!ram_has(fetch->ram, frame->block, frame->first, frame->pages))
		return false;
	block = &fetch->ram->block[frame->block];
	for (uint64_t page = frame->first; page < frame->first + frame->pages; page++)
		if (!page_set_has(&block->missing, page) || page_set_has(&block->unasked, page))
			return false;
	return true;
}

static int take_pages(struct fetch *fetch, const struct frame *frame)
{
	static unsigned char data[WIRE_PAGES_MAX][PAGE_BYTES];
	const struct ram_block *block = &fetch->ram->block[frame->block];

	if (by_wire(fetch, wire_take(fetch->wire, data, frame->body)) != 0 ||
		by_pager(fetch, pager_put(&fetch->pager, frame->block, frame->first, frame->pages,
					data)) != 0)
		return -1;
	for (uint64_t i = 0; i < frame->pages; i++)
		digest_of(data[i], block->arrived + (frame->first + i) * DIGEST_BYTES);
	return 0;
}

/* What is zeros stays a hole until somebody touches it. */
static int take_zeros(struct fetch *fetch, const struct frame *frame)
{
	memset(fetch->ram->block[frame->block].arrived + frame->first * DIGEST_BYTES, 0,
		(size_t)frame->pages * DIGEST_BYTES);
	return by_pager(
		fetch, pager_put(&fetch->pager, frame->block, frame->first, frame->pages, NULL));
}

static int take_lost(struct fetch *fetch, const struct frame *frame)
{
	page_set_add(&fetch->ram->block[frame->block].lost, frame->first, frame->pages);
	return by_pager(
		fetch, pager_put_poison(&fetch->pager, frame->block, frame->first, frame->pages));
}

static int (*const takers[FRAME_TYPES])(struct fetch *, const struct frame *) = {
	[FRAME_PAGES] = take_pages,
	[FRAME_ZERO] = take_zeros,
	[FRAME_LOST] = take_lost,
};

static int take_answer(struct fetch *fetch, const struct frame *frame)
{
	struct ram_block *block;

	if (!takers[frame->type] || !was_asked(fetch, frame))
		return fail(fetch, EBADMSG, "the source sent what was not asked for");
	block = &fetch->ram->block[frame->block];
	if (takers[frame->type](fetch, frame) != 0)
		return -1;
	page_set_remove(&block->missing, frame->first, frame->pages);
	page_set_add(&block->noted, frame->first, frame->pages);
	fetch->pages += frame->pages;
	if (by_pager(fetch,
		    pager_finish(&fetch->pager, frame->block, frame->first, frame->pages)) != 0)
		return -1;
	fetch_release(fetch, frame->block, frame->first, frame->pages);
	fetch_note_answer(fetch, frame->pages);
	fault_step("answer");
	/* Behind the removal: who looks once more gets zeros. */
	return frame->type == FRAME_ZERO ? by_pager(fetch, pager_wake(&fetch->pager, frame->block,
								   frame->first, frame->pages))
					 : 0;
}

/* 1: it is a record of TYPE; 0: it was an answer. */
static int take_frame(struct fetch *fetch, const char *type)
{
	struct frame frame;

	if (by_wire(fetch, wire_receive(fetch->wire, &frame)) != 0)
		return -1;
	if (frame.type != FRAME_RECORD)
		return take_answer(fetch, &frame);
	if (type && rec_is(&fetch->wire->rec, type))
		return 1;
	return fail(fetch, EBADMSG, "the source sent another record than was to come");
}

/* --- All of it --- */

/* Only what is asked for, or said, can be late. */
static int check_time(struct fetch *fetch, bool is_heard, const char *type)
{
	uint64_t now = clock_now();

	if (is_heard || (!fetch->asks && !type))
		fetch->heard_ns = now;
	if (now - fetch->heard_ns > fetch->wire->timeout_ns)
		return fail(fetch, ETIMEDOUT, "the source is silent");
	return by_wire(fetch, wire_keep_alive(fetch->wire));
}

/* One turn of what follows; 1: a record of TYPE has come, or FD is readable. */
static int turn(struct fetch *fetch, int fd, const char *type)
{
	struct pollfd fds[] = {{.fd = fetch->pager.uffd, .events = POLLIN},
		{.fd = fetch->wire->in, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
	const struct timespec tick = {0, TICK_NS};

	if (by_wire(fetch, fetch_ask_for_waiters(fetch)) != 0 ||
		by_wire(fetch, fetch_ask_in_background(fetch)) != 0)
		return -1;
	if (ppoll(fds, 3, &tick, NULL) < 0 && errno != EINTR)
		return fail(fetch, errno, strerror(errno));
	if (fds[0].revents && take_faults(fetch) != 0)
		return -1;
	if (check_time(fetch, fds[1].revents, type) != 0)
		return -1;
	if (fds[1].revents)
		return take_frame(fetch, type);
	return fds[2].revents ? 1 : 0;
}

static int go_on(struct fetch *fetch, int fd, const char *type)
{
	int result;

	fetch->heard_ns = clock_now();
	do
		result = turn(fetch, fd, type);
	while (result == 0);
	return result < 0 ? -1 : 0;
}

int fetch_until(struct fetch *fetch, const char *type)
{
	return go_on(fetch, -1, type);
}

int fetch_all(struct fetch *fetch)
{
	int result = 0;

	fetch->heard_ns = clock_now();
	fetch->in_background = true;
	while (result == 0 && pages_missing(fetch))
		result = turn(fetch, -1, NULL);
	return result;
}

/* --- Beside something else --- */

struct beside {
	int (*run)(void *context);
	void *context;
	int result, error, done; /* done: an eventfd */
};

static void *run_beside(void *argument)
{
	struct beside *beside = argument;

	beside->result = beside->run(beside->context);
	beside->error = errno;
	eventfd_write(beside->done, 1);
	return NULL;
}

int fetch_during(struct fetch *fetch, int (*run)(void *context), void *context)
{
	struct beside beside = {.run = run, .context = context, .done = eventfd(0, EFD_CLOEXEC)};
	pthread_t thread;
	int error, result;

	if (beside.done < 0)
		return fail(fetch, errno, "make an eventfd");
	error = pthread_create(&thread, NULL, run_beside, &beside);
	if (error) {
		close(beside.done);
		return fail(fetch, error, "start a thread");
	}
	fetch->why[0] = '\0';
	result = go_on(fetch, beside.done, NULL);
	error = errno;
	/* Nobody serves it any more: what it asks of QEMU ends at its own timeout at the latest. */
	pthread_join(thread, NULL);
	close(beside.done);
	errno = result != 0 ? error : beside.error;
	return result != 0 ? -1 : beside.result;
}
