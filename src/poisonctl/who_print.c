/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "who_print.h"
#include "page.h"
#include "rec.h"
#include "say.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

static struct rec_writer record;
static int count_fd = -1; /* /proc/kpagecount, or -1 */

static void send(void)
{
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
}

static void begin_owner(uint64_t pfn, uint64_t frames, const char *kind)
{
	rec_begin(&record, "owner");
	rec_put_addr(&record, "addr", pfn << PAGE_SHIFT);
	rec_put_u64(&record, "size", frames << PAGE_SHIFT);
	rec_put_text(&record, "kind", kind);
}

static void put_unless_empty(const char *key, const char *text)
{
	if (text && *text)
		rec_put_text(&record, key, text);
}

/* --- Pages that somebody has --- */

static void put_guest(const struct owner_hit *hit)
{
	put_unless_empty("vm", hit->process->vm);
	put_unless_empty("uuid", hit->process->uuid);
	if (hit->has_gpa) {
		rec_put_addr(&record, "gpa", hit->gpa);
		rec_put_text(&record, "gpa_src", hit->gpa_src);
	}
	put_unless_empty("backend", hit->backend);
	if (hit->has_memslot)
		rec_put_addr(&record, "memslot", hit->memslot);
}

/* A path can be longer than a record, which matters more than the name. */
static void put_file(const struct owner_hit *hit)
{
	struct rec_writer before = record;

	if (!hit->inode)
		return;
	rec_put_u64(&record, "off", hit->offset);
	put_unless_empty("file", hit->path);
	if (record.error)
		record = before;
}

static const char *kind_of(const struct owners *owners, const struct owner_hit *hit)
{
	uint64_t flags;

	if (hit->is_doubtful || page_read(owners->flags_fd, hit->pfn, &flags, 1) != 1)
		return "unknown";
	return page_kind(flags);
}

static void print_hit(const struct owners *owners, const struct owner_hit *hit, size_t shared)
{
	begin_owner(hit->pfn, hit->frames, kind_of(owners, hit));
	if (hit->is_doubtful)
		rec_put_text(&record, "reason", "ambiguous");
	rec_put_u64(&record, "pid", (uint64_t)hit->process->pid);
	put_unless_empty("comm", hit->process->comm);
	put_guest(hit);
	rec_put_addr(&record, "va", hit->va);
	if (!hit->is_doubtful)
		rec_put_u64(&record, "shared", shared);
	put_unless_empty("hazards", hit->process->hazards);
	put_file(hit);
	send();
}

static bool covers(const struct owner_hit *hit, uint64_t pfn)
{
	return hit->pfn <= pfn && pfn < hit->pfn + hit->frames;
}

/* How many processes have the first frame of hit number AT; those before LOW end before it. */
static size_t count_sharers(const struct owners *owners, size_t low, size_t at)
{
	uint64_t pfn = owners->hit[at].pfn;
	size_t count = 0;

	for (size_t i = low; i < owners->hits && owners->hit[i].pfn <= pfn; i++) {
		struct owner_process *process = owners->hit[i].process;

		if (!covers(&owners->hit[i], pfn) || process->stamp == at + 1)
			continue;
		process->stamp = at + 1;
		count++;
	}
	return count;
}

/* --- Pages that nobody has mapped --- */

static bool is_mapped(uint64_t pfn)
{
	uint64_t count;

	return count_fd >= 0 && page_read(count_fd, pfn, &count, 1) == 1 && count > 0;
}

/* Why it cannot be said whose page it is; NULL: it is of no process. */
static const char *why_unknown(const struct owners *owners, uint64_t pfn, uint64_t flags)
{
	if (page_has(flags, KPF_HUGE) && page_has(flags, KPF_HWPOISON) && owners->walk.cannot_scan)
		return "no-pagemap-scan";
	return is_mapped(pfn) ? "unseen" : NULL;
}

struct run {
	uint64_t pfn, frames;
	const char *kind, *reason;
};

static void print_run(const struct run *run)
{
	if (!run->frames)
		return;
	begin_owner(run->pfn, run->frames, run->kind);
	if (run->reason)
		rec_put_text(&record, "reason", run->reason);
	send();
}

static void take_frame(struct run *run, const struct run *next)
{
	if (run->frames && run->kind == next->kind && run->reason == next->reason) {
		run->frames++;
		return;
	}
	print_run(run);
	*run = *next;
}

/* Frames from PFN to END by what the kernel uses them for; those behind its memory are no pages. */
static void print_rest(const struct owners *owners, uint64_t pfn, uint64_t end)
{
	static uint64_t flags[4096];
	struct run run = {0};

	while (pfn < end) {
		size_t wanted = MIN(end - pfn, sizeof(flags) / sizeof(*flags));
		ssize_t n = page_read(owners->flags_fd, pfn, flags, wanted);

		if (n < 0)
			die_errno(STATUS_FAILED, "read /proc/kpageflags");
		for (ssize_t i = 0; i < n; i++, pfn++) {
			const char *why = why_unknown(owners, pfn, flags[i]);
			struct run next = {pfn, 1, why ? "unknown" : page_kind(flags[i]), why};

			take_frame(&run, &next);
		}
		if ((size_t)n == wanted)
			continue;
		print_run(&run);
		run = (struct run){pfn, end - pfn, "nopage", NULL};
		break;
	}
	print_run(&run);
}

/* --- All of them --- */

/* The owners of RANGE, the first of which is number AT; returns the first behind it. */
static size_t print_range(const struct owners *owners, const struct wanted_range *range, size_t at)
{
	uint64_t printed = range->first; /* there is an answer for all frames before it */
	size_t low = at, shared = 0;

	for (size_t i = at; i < owners->hits && owners->hit[i].pfn < range->end; i++, at++) {
		const struct owner_hit *hit = &owners->hit[i];

		print_rest(owners, printed, MAX(printed, hit->pfn));
		printed = MAX(printed, hit->pfn + hit->frames);
		while (owners->hit[low].pfn + owners->hit[low].frames <= hit->pfn)
			low++;
		if (i == low || hit[-1].pfn != hit->pfn)
			shared = count_sharers(owners, low, i);
		print_hit(owners, hit, shared);
	}
	print_rest(owners, printed, range->end);
	return at;
}

void who_print(struct owners *owners)
{
	size_t at = 0;

	count_fd = page_count_open(owners->root);
	for (size_t i = 0; i < owners->wanted->count; i++)
		at = print_range(owners, &owners->wanted->range[i], at);
}

void who_print_skip(pid_t pid, const char *reason, int error)
{
	rec_begin(&record, "skip");
	rec_put_text(&record, "src", "poisonctl");
	rec_put_text(&record, "reason", reason);
	if (pid)
		rec_put_u64(&record, "pid", (uint64_t)pid);
	if (error)
		rec_put_errno(&record, "errno", error);
	send();
}

void who_print_done(void)
{
	rec_begin(&record, "done");
	rec_put_text(&record, "src", "poisonctl");
	rec_put_text(&record, "scope", "owners");
	rec_put_u64(&record, "skipped", 0);
	send();
}
