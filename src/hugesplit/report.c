/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"
#include "page.h"
#include "rec.h"
#include "say.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RANGES_MAX = 64, /* what a line has room for, whatever the file is called */
	FILE_RESERVE = 1,
};

static const char *const marks[] = {
	[JOB_MARK_UFFD] = "uffd",
	[JOB_MARK_HWPOISON] = "hwpoison",
	[JOB_MARK_REFILL] = "refill",
};

static uint64_t page_size(const struct job *job)
{
	return job->sharers ? job->sharer[0].target.size : PAGE_BYTES;
}

/* Where the lost ranges begin in the process, and how long they are: two lists. */
static void put_lost(struct rec_writer *record, const struct job *job, uint64_t va)
{
	static char starts[RANGES_MAX * 24], sizes[RANGES_MAX * 24];
	uint64_t at = 0, size = 0;
	size_t n = 0, s = 0, z = 0;

	while (salvage_next(&job->salvage, false, &at, &size)) {
		if (n == RANGES_MAX) {
			say("report what is lost of the page at 0x%" PRIx64
			    ": only the first %d ranges",
				va, RANGES_MAX);
			break;
		}
		s += (size_t)snprintf(
			starts + s, sizeof(starts) - s, "%s0x%016" PRIx64, n ? "," : "", va + at);
		z += (size_t)snprintf(
			sizes + z, sizeof(sizes) - z, "%s%" PRIu64, n ? "," : "", size);
		n++;
	}
	rec_put_text(record, "lost_va", starts);
	rec_put_text(record, "lost_size", sizes);
}

static void put_what_was_done(
	struct rec_writer *record, const struct job *job, const struct sharer *sharer)
{
	rec_put_u64(record, "lost", job->salvage.size - job->salvage.good);
	rec_put_u64(record, "salvaged", job->salvage.good);
	rec_put_u64(record, "stopped_ns", (uint64_t)sharer->stopped_ns);
	rec_put_text(record, "mode", marks[job->mark]);
	put_lost(record, job, sharer->target.va);
}

static void put_one(const struct job *job, const struct request *request,
	const struct sharer *sharer, const struct outcome *outcome)
{
	static struct rec_writer record;
	uint64_t size = page_size(job);

	rec_begin(&record, "split");
	if (request->has_addr)
		rec_put_addr(&record, "addr", request->addr & ~(size - 1));
	rec_put_u64(&record, "size", size);
	rec_put_u64(&record, "pid", (uint64_t)(sharer ? sharer->target.pid : request->pid));
	rec_put_addr(&record, "va", sharer ? sharer->target.va : request->va & ~(size - 1));
	rec_put_text(&record, "result", outcome->result);
	if (outcome->error)
		rec_put_errno(&record, "errno", outcome->error);
	if (outcome->reason)
		rec_put_text(&record, "reason", outcome->reason);
	if (sharer && strcmp(outcome->result, "done") == 0)
		put_what_was_done(&record, job, sharer);
	if (sharer && sharer->target.area.vma.inode)
		rec_put_head(&record, "file", sharer->target.area.vma.path,
			strlen(sharer->target.area.vma.path), FILE_RESERVE);
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
}

/* Where it failed for good in one, others may have the new page already. */
static struct outcome outcome_in(const struct sharer *sharer, const struct outcome *outcome)
{
	static const struct outcome done = {.result = "done"};

	return sharer->committed ? done : *outcome;
}

void report_split(
	const struct job *job, const struct request *request, const struct outcome *outcome)
{
	bool all = strcmp(outcome->result, "done") == 0 || strcmp(outcome->result, "failed") == 0;
	unsigned int n = all ? job->sharers : 1;

	if (job->sharers == 0)
		put_one(job, request, NULL, outcome);
	for (unsigned int i = 0; i < n && i < job->sharers; i++) {
		const struct outcome its = outcome_in(&job->sharer[i], outcome);

		put_one(job, request, &job->sharer[i], &its);
	}
	/* Its end may come when signals are let in again. */
	if (fflush(stdout) != 0)
		exit(say_output_failed());
}
