/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fence.h"
#include "clock.h"
#include "control.h"
#include "frame.h"
#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { AGAIN_NS = 20000000 }; /* between two tries at a page that is busy */

static const struct {
	const char *mode, *control;
} ways[] = {
	[FENCE_SOFT] = {"soft", "sys/devices/system/memory/soft_offline_page"},
	[FENCE_HARD] = {"hard", "sys/devices/system/memory/hard_offline_page"},
};

/* What will go: soft offlining takes one frame out of a huge page, hard offlining all of it. */
static void expect(struct outcome *outcome, enum fence_way way, const struct frame *frame)
{
	outcome->addr = frame->pfn << PAGE_SHIFT;
	outcome->size = PAGE_BYTES;
	if (way == FENCE_HARD)
		outcome_cover(outcome, frame);
}

/* Or may be. */
static bool is_flagged(const struct fence *fence, uint64_t pfn)
{
	struct frame frame;
	int there = frame_read(fence->flags_fd, pfn, &frame);

	return there < 0 || (there && page_has(frame.flags, KPF_HWPOISON));
}

/*
 * Returns 0 or an errno.  A page that the kernel has flagged before it gave up is not tried
 * again: the second answer would be that it is out of use, which it is not.
 */
static int write_control(struct fence *fence, enum fence_way way, uint64_t pfn)
{
	const struct timespec pause = {.tv_nsec = AGAIN_NS};
	uint64_t end = clock_now() + fence->wait_ns;
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64 "\n", pfn << PAGE_SHIFT);
	for (;;) {
		if (root_write(fence->root, text, "%s", ways[way].control) == 0)
			return 0;

		int error = errno;

		if ((error != EBUSY && error != EAGAIN) || is_flagged(fence, pfn) ||
			clock_now() >= end)
			return error;
		nanosleep(&pause, NULL);
	}
}

static void try(
	struct outcome *outcome, struct fence *fence, enum fence_way way, const struct frame *frame)
{
	int error = write_control(fence, way, frame->pfn);

	if (error == 0)
		outcome->result = "done";
	else if (error == EHWPOISON) /* somebody was faster */
		outcome->result = "already";
	else
		outcome_fail(outcome, error);
}

struct outcome fence_page(
	struct fence *fence, enum fence_way way, uint64_t addr, uint64_t size, const char *refusal)
{
	struct outcome outcome = {.addr = addr, .size = size, .mode = ways[way].mode};
	struct frame frame;

	control_need(fence->root, ways[way].control, NULL); /* a dry run, too, says so */
	if (!frame_look_up(fence->root, &fence->flags_fd, addr >> PAGE_SHIFT, &frame)) {
		outcome_refuse(&outcome, "not-memory");
		return outcome;
	}
	if (!frame_holds(&frame, addr, size)) {
		outcome_refuse(&outcome, "range");
		return outcome;
	}
	outcome.kind = page_kind(frame.flags);
	expect(&outcome, way, &frame);
	if (page_has(frame.flags, KPF_HWPOISON))
		outcome.result = "already";
	else if (refusal)
		outcome_refuse(&outcome, refusal);
	else if (way == FENCE_HARD && !fence->force && !frame_is_handled(&frame))
		outcome_refuse(&outcome, "kernel-page");
	else if (fence->dry_run)
		outcome_refuse(&outcome, OUTCOME_DRY_RUN);
	else
		try(&outcome, fence, way, &frame);
	/* Whatever the kernel said: is it flagged now, and has a huge page gone as a whole? */
	if (outcome_look_again(&outcome, fence->flags_fd, &frame))
		outcome_cover(&outcome, &frame);
	return outcome;
}
