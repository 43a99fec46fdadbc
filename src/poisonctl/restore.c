/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl restore - take the pages that are remembered out of use again. */
#include "cli.h"
#include "clock.h"
#include "fence.h"
#include "keep.h"
#include "page.h"
#include "poisonctl.h"

#include <stdlib.h>
#include <string.h>

static struct root root;
static const char *file;
static struct fence fence = {.root = &root, .flags_fd = -1, .wait_ns = 5 * CLOCK_SECOND};

static const struct cli_option options[] = {
	KEEP_OPTION(&file),
	FENCE_WAIT(&fence.wait_ns),
	CLI_DRY_RUN(&fence.dry_run),
	{0},
};

static const struct cli cli = {
	.usage = "[--dry-run] [--wait TIME] [--ledger FILE]",
	.summary = "Take the pages that are remembered out of use again.",
	.options = options,
	.root = &root,
};

struct restoring {
	struct iomem iomem;
	const struct smbios *modules;
	uint64_t left; /* bytes that are not out of use */
	enum status worst;
};

/*
 * What memmap= or firmware keeps from the kernel is out of use, and offlining there would only
 * flag it; elsewhere there is no memory any more.
 */
static struct outcome not_ram(const struct restoring *restoring, uint64_t addr)
{
	struct outcome outcome = {.addr = addr, .size = PAGE_BYTES, .mode = "hard"};

	if (iomem_find(&restoring->iomem, "Reserved", addr, addr + PAGE_BYTES - 1)) {
		outcome.result = "already";
		outcome.state = "reserved";
	} else {
		outcome_refuse(&outcome, "not-memory");
	}
	return outcome;
}

static struct outcome fence_one(struct restoring *restoring, uint64_t addr)
{
	if (!iomem_is_ram(&restoring->iomem, addr, addr + PAGE_BYTES - 1))
		return not_ram(restoring, addr);
	return fence_page(&fence, FENCE_HARD, addr, PAGE_BYTES, NULL);
}

static void tell(struct restoring *restoring, const struct outcome *outcome)
{
	enum status status = outcome_send(outcome, "offline");

	if (status > STATUS_SOME)
		exit(status);
	if (status > restoring->worst)
		restoring->worst = status;
	if (strcmp(outcome->result, "done") != 0 && strcmp(outcome->result, "already") != 0)
		restoring->left += outcome->size;
}

/* Addresses of a module that has gone are those of another, which is good. */
static bool is_elsewhere(struct restoring *restoring, const struct ledger_page *page)
{
	static const char *const reasons[] = {
		[DIMM_MOVED] = "dimm-moved", [DIMM_REPLACED] = "dimm-replaced"};
	enum dimm_fate fate = dimm_fate(&page->dimm, restoring->modules);
	struct outcome outcome = {.addr = page->addr, .size = page->size, .mode = "hard"};

	if (fate == DIMM_THERE)
		return false;
	outcome_refuse(&outcome, reasons[fate]);
	tell(restoring, &outcome);
	return true;
}

static void restore_page(struct restoring *restoring, const struct ledger_page *page)
{
	if (is_elsewhere(restoring, page))
		return;
	for (uint64_t offset = 0; offset < page->size; offset += PAGE_BYTES) {
		struct outcome outcome = fence_one(restoring, page->addr + offset);

		tell(restoring, &outcome);
	}
}

static void finish(const struct restoring *restoring)
{
	static struct rec_writer record;

	rec_begin(&record, "done");
	rec_put_text(&record, "src", "poisonctl");
	rec_put_text(&record, "scope", "restore");
	rec_put_u64(&record, "skipped", restoring->left);
	keep_send(&record);
}

enum status poisonctl_restore(int argc, char **argv)
{
	static struct restoring restoring;
	static struct ledger_page page;
	struct ledger ledger;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	keep_open(&ledger, &root, file, false);
	keep_iomem(&restoring.iomem, &root);
	restoring.modules = keep_modules(&root, &restoring.worst);
	keep_check(&ledger, ledger_pages(&ledger), "read");
	while (keep_check(&ledger, ledger_next(&ledger, &page), "read") > 0)
		restore_page(&restoring, &page);
	ledger_close(&ledger);
	finish(&restoring);
	return restoring.worst;
}
