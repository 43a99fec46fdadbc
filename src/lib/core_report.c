/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core_report.h"
#include "core.h"
#include "rec.h"
#include "say.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static struct rec_writer record;

struct report {
	const char *src;
	uint64_t pages, skipped;
};

/* CORE_SYSTEM and CORE_INFO_LACKS have more to say. */
static const struct {
	enum status status;
	const char *why;
} failures[] = {
	[CORE_COMPRESSED] = {STATUS_UNSUPPORTED,
		"a compressed kdump; it takes an ELF core, as makedumpfile -E writes"},
	[CORE_FOREIGN] = {STATUS_UNSUPPORTED, "not an ELF core of x86-64"},
	[CORE_CUT] = {STATUS_FAILED, "ends before what its headers promise"},
	[CORE_MALFORMED] = {STATUS_FAILED, "headers make no sense"},
	[CORE_NO_INFO] = {STATUS_UNSUPPORTED,
		"no VMCOREINFO in it (QEMU: give the guest the device vmcoreinfo)"},
};

static _Noreturn void fail(enum core_failure failure, const char *file, const char *lacks)
{
	if (failure == CORE_SYSTEM)
		die_errno(STATUS_FAILED, "read %s", file);
	if (failure == CORE_INFO_LACKS)
		die(STATUS_UNSUPPORTED, "read %s: its VMCOREINFO lacks a usable %s", file, lacks);
	die(failures[failure].status, "read %s: %s", file, failures[failure].why);
}

static void send(void)
{
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
}

static void report_page(const struct report *report, const struct core_range *range)
{
	rec_begin(&record, "page");
	rec_put_addr(&record, "addr", range->start);
	rec_put_u64(&record, "size", range->size);
	rec_put_text(&record, "state", "poisoned");
	if (range->hugetlb)
		rec_put_text(&record, "kind", "hugetlb");
	rec_put_text(&record, "src", report->src);
	send();
}

static void report_skip(const struct report *report, const struct core_range *range)
{
	rec_begin(&record, "skip");
	rec_put_text(&record, "src", report->src);
	rec_put_text(
		&record, "reason", range->kind == CORE_OFFLINE ? "offline-block" : "unreadable");
	rec_put_addr(&record, "addr", range->start);
	rec_put_u64(&record, "size", range->size);
	rec_put_u64(&record, "bytes", range->size);
	send();
}

static void take(void *context, const struct core_range *range)
{
	struct report *report = context;

	if (range->kind == CORE_POISONED) {
		report->pages++;
		report_page(report, range);
	} else {
		report->skipped += range->size;
		report_skip(report, range);
	}
}

static void report_done(const struct report *report, uint64_t scanned)
{
	rec_begin(&record, "done");
	rec_put_text(&record, "src", report->src);
	rec_put_text(&record, "scope", "core");
	rec_put_u64(&record, "scanned", scanned);
	rec_put_u64(&record, "skipped", report->skipped);
	rec_put_u64(&record, "known", report->pages);
	send();
}

uint64_t core_report(const char *src, const char *file)
{
	struct report report = {.src = src};
	struct core core;
	const char *lacks = NULL;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	enum core_failure failure;

	if (fd < 0)
		die_errno(STATUS_FAILED, "open %s", file);
	failure = core_open(&core, fd, &lacks);
	if (failure)
		fail(failure, file, lacks);

	uint64_t scanned = core_walk(&core, take, &report);

	core_close(&core);
	close(fd);
	/* A core without the kernel's memory would otherwise be a clean one. */
	if (!scanned)
		die(STATUS_FAILED, "read %s: no flags of any page in it", file);
	report_done(&report, scanned);
	return report.pages;
}
