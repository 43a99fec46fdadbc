/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outcome.h"
#include "page.h"
#include "rec.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

void outcome_refuse(struct outcome *outcome, const char *reason)
{
	outcome->result = "refused";
	outcome->reason = reason;
}

void outcome_fail(struct outcome *outcome, int error)
{
	outcome->result = "failed";
	outcome->error = error;
}

void outcome_cover(struct outcome *outcome, const struct frame *frame)
{
	outcome->addr = frame->head << PAGE_SHIFT;
	outcome->size = frame->frames << PAGE_SHIFT;
}

bool outcome_look_again(struct outcome *outcome, int fd, struct frame *frame)
{
	int there = frame_read(fd, frame->pfn, frame);

	if (there < 0)
		outcome->unseen = errno;
	if (there <= 0 || !page_has(frame->flags, KPF_HWPOISON))
		return false;
	outcome->state = "poisoned";
	return true;
}

static bool is_good(const struct outcome *outcome)
{
	return !strcmp(outcome->result, "done") || !strcmp(outcome->result, "already") ||
	       (outcome->reason && !strcmp(outcome->reason, OUTCOME_DRY_RUN));
}

static void put_optional(struct rec_writer *record, const char *key, const char *value)
{
	if (value)
		rec_put_text(record, key, value);
}

enum status outcome_send(const struct outcome *outcome, const char *type)
{
	static struct rec_writer record;

	rec_begin(&record, type);
	rec_put_addr(&record, "addr", outcome->addr);
	rec_put_u64(&record, "size", outcome->size);
	rec_put_text(&record, "mode", outcome->mode);
	rec_put_text(&record, "result", outcome->result);
	if (outcome->error)
		rec_put_errno(&record, "errno", outcome->error);
	put_optional(&record, "reason", outcome->reason);
	put_optional(&record, "kind", outcome->kind);
	put_optional(&record, "state", outcome->state);
	if (outcome->poisoned)
		rec_put_u64(&record, "poisoned", outcome->poisoned);
	rec_put_now(&record, "t");
	if (rec_send(&record, stdout) != 0)
		return say_output_failed();
	if (outcome->unseen) {
		errno = outcome->unseen;
		say_errno("look at 0x%016" PRIx64 " again", outcome->addr);
		return STATUS_FAILED;
	}
	return is_good(outcome) ? STATUS_DONE : STATUS_SOME;
}
