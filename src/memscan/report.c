/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"
#include "page.h"
#include "rec.h"
#include "say.h"
#include "sources.h"

#include <stdlib.h>

static struct rec_writer record;

/* Sent at once: what is being looked for may be about to take the machine down. */
static void send(void)
{
	if (rec_send(&record, stdout) != 0 || fflush(stdout) != 0)
		exit(say_output_failed());
}

static void put_node(const struct blocks *blocks, uint64_t physical)
{
	int node = blocks_node(blocks, physical);

	if (node != BLOCKS_NODE_UNKNOWN)
		rec_put_u64(&record, "node", (uint64_t)node);
}

/*
 * A path can be longer than a record; the record matters more than the name, so a path
 * that leaves too little room for what else there is to say is left out.
 */
static void put_file(const char *path)
{
	enum { ROOM = 512 };
	struct rec_writer before = record;

	rec_put_text(&record, "file", path);
	if (record.error || record.len > sizeof(record.line) - ROOM)
		record = before;
}

static void put_vm(const struct vm *vm)
{
	if (vm && vm->args.name[0])
		rec_put_text(&record, "vm", vm->args.name);
}

/* Who has byte OFFSET of the area, or, of an area without a file, all that it is about. */
static void put_owner(const struct area *area, uint64_t offset)
{
	uint64_t va = area_va(area, offset);
	uint64_t gpa;

	put_vm(area->vm);
	if (area->pid)
		rec_put_u64(&record, "pid", (uint64_t)area->pid);
	if (area->pid && area->path)
		rec_put_addr(&record, "va", va);
	if (area->path && area->vm && vm_gpa(area->vm, &area->ram, va, &gpa))
		rec_put_addr(&record, "gpa", gpa);
}

static void put_place(const struct place *place)
{
	const struct area *area = place->area;

	if (!place->is_abandoned)
		put_owner(area, place->offset);
	if (!area->path)
		return;
	rec_put_u64(&record, "off", place->offset);
	put_file(area->path);
}

static void put_fault(const struct guard_fault *fault)
{
	rec_put_u64(&record, "lsb", (uint64_t)fault->lsb);
	rec_put_text(&record, "si", "mceerr_ar");
}

/* What of the huge page around it may be worth saving. */
static void put_verified(const struct hit *hit)
{
	if (hit->verified_size) {
		rec_put_u64(&record, "verified_off", hit->verified_offset);
		rec_put_u64(&record, "verified_size", hit->verified_size);
	}
	if (hit->has_age)
		rec_put_u64(&record, "verified_age_ns", hit->verified_age);
}

static void report_ue(const struct hit *hit, const struct blocks *blocks)
{
	rec_begin(&record, "ue");
	rec_put_addr(&record, "addr", hit->physical);
	rec_put_u64(&record, "size", PAGE_BYTES);
	rec_put_now(&record, "t");
	rec_put_text(&record, "src", "memscan");
	put_node(blocks, hit->physical);
	put_fault(hit->fault);
	rec_put_u64(&record, "confirmed", hit->confirmed);
	put_verified(hit);
	put_place(&hit->place);
	send();
}

static void report_fault(const struct hit *hit)
{
	rec_begin(&record, "fault");
	put_place(&hit->place);
	rec_put_u64(&record, "size", PAGE_BYTES);
	rec_put_now(&record, "t");
	rec_put_text(&record, "src", "memscan");
	put_fault(hit->fault);
	put_verified(hit);
	send();
}

void report_hit(const struct hit *hit, const struct blocks *blocks)
{
	if (hit->physical)
		report_ue(hit, blocks);
	else
		report_fault(hit);
}

void report_known(
	const struct place *place, const struct blocks *blocks, uint64_t physical, const char *kind)
{
	rec_begin(&record, "page");
	rec_put_addr(&record, "addr", physical);
	rec_put_u64(&record, "size", PAGE_BYTES);
	rec_put_text(&record, "state", "poisoned");
	put_node(blocks, physical);
	rec_put_text(&record, "kind", kind);
	rec_put_text(&record, "src", "memscan");
	put_place(place);
	send();
}

void report_skip(const struct skip *skip)
{
	rec_begin(&record, "skip");
	rec_put_text(&record, "src", "memscan");
	rec_put_text(&record, "reason", skip->reason);
	if (skip->bytes)
		rec_put_u64(&record, "bytes", skip->bytes);
	if (skip->error)
		rec_put_errno(&record, "errno", skip->error);
	if (skip->hint)
		rec_put_text(&record, "hint", skip->hint);
	put_place(&skip->place);
	send();
}

void report_risk(const struct area *area, int early_kill)
{
	struct place place = {.area = area, .offset = area->offset};

	rec_begin(&record, "risk");
	rec_put_text(&record, "src", "memscan");
	rec_put_u64(&record, "bytes", area->size);
	rec_put_text(&record, "kind", area_kind(area));
	rec_put_u64(&record, "pagesize", area->page);
	if (early_kill >= 0)
		rec_put_u64(&record, "early_kill", (uint64_t)early_kill);
	put_place(&place);
	send();
}

void report_mismatch(const struct blocks *blocks, uint64_t physical)
{
	rec_begin(&record, "page");
	rec_put_addr(&record, "addr", physical);
	rec_put_u64(&record, "size", PAGE_BYTES);
	rec_put_text(&record, "state", "mismatched");
	put_node(blocks, physical);
	rec_put_text(&record, "src", "memscan");
	send();
}

void report_unexplained(uint64_t count)
{
	rec_begin(&record, "skip");
	rec_put_text(&record, "src", "memscan");
	rec_put_text(&record, "reason", "unexplained");
	rec_put_u64(&record, "count", count);
	send();
}

void report_area(const struct area *area)
{
	struct place place = {.area = area, .offset = area->offset};

	rec_begin(&record, "area");
	rec_put_text(&record, "src", "memscan");
	rec_put_u64(&record, "bytes", area->size);
	rec_put_text(&record, "kind", area_kind(area));
	rec_put_u64(&record, "pagesize", area->page);
	put_place(&place);
	send();
}

/* What the done record vouches for. */
static void put_scope(const struct sources *sources)
{
	const struct source *only = &sources->source[0];
	char scope[1024];

	if (sources->count != 1) {
		sources_name(sources, scope, sizeof(scope));
		rec_put_text(&record, "scope", scope);
		return;
	}
	rec_put_text(&record, "scope", source_word(only));
}

/* The one thing that was asked for, behind what became of it. */
static void put_only_source(const struct sources *sources)
{
	const struct source *only = &sources->source[0];

	if (sources->count != 1 || source_is_all(only) || only->kind == SOURCE_FREE)
		return;
	if (only->kind == SOURCE_FILE)
		put_file(only->text);
	else
		rec_put_text(&record, only->kind == SOURCE_VM ? "vm" : "pid", only->text);
}

void report_done(const struct sources *sources, const struct tally *tally, uint64_t elapsed_ns)
{
	rec_begin(&record, "done");
	rec_put_text(&record, "src", "memscan");
	put_scope(sources);
	rec_put_u64(&record, "scanned", tally->scanned);
	rec_put_u64(&record, "holes", tally->holes);
	rec_put_u64(&record, "skipped", tally->skipped);
	rec_put_u64(&record, "unreachable", tally->unreachable);
	if (sources_has_free(sources))
		rec_put_u64(&record, "zero_filled", tally->zero_filled);
	rec_put_u64(&record, "hits", tally->hits);
	rec_put_u64(&record, "known", tally->known);
	rec_put_u64(&record, "elapsed_ns", elapsed_ns);
	if (tally->mismatched)
		rec_put_u64(&record, "mismatched", tally->mismatched);
	if (tally->late)
		rec_put_u64(&record, "late_ns", tally->late);
	if (tally->backed_off)
		rec_put_u64(&record, "backoff_ns", tally->backed_off);
	rec_put_u64(&record, "complete", !tally->skipped && !tally->unexplained && !tally->gone);
	put_only_source(sources);
	send();
}
