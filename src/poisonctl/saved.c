/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl saved - the pages that are remembered, or their history. */
#include "cli.h"
#include "keep.h"
#include "poisonctl.h"

static struct root root;
static const char *file;
static bool history;

static const struct cli_option options[] = {
	KEEP_OPTION(&file),
	{.name = "history",
		.kind = CLI_FLAG,
		.to = &history,
		.help = "each time that one was seen to be bad"},
	{0},
};

static const struct cli cli = {
	.usage = "[--history] [--ledger FILE]",
	.summary = "Print a record for every bad page that is remembered.",
	.options = options,
	.root = &root,
};

static void begin(struct rec_writer *record, const char *type, uint64_t addr, uint64_t size)
{
	rec_begin(record, type);
	rec_put_addr(record, "addr", addr);
	rec_put_u64(record, "size", size);
}

static uint64_t list_pages(struct ledger *ledger)
{
	static struct rec_writer record;
	static struct ledger_page page;
	uint64_t n = 0;

	keep_check(ledger, ledger_pages(ledger), "read");
	for (; keep_check(ledger, ledger_next(ledger, &page), "read") > 0; n++) {
		begin(&record, "page", page.addr, page.size);
		rec_put_text(&record, "state", page.state);
		rec_put_text(&record, "src", "ledger");
		rec_put_u64(&record, "sightings", page.sightings);
		rec_put_text(&record, "first_t", page.first);
		rec_put_text(&record, "last_t", page.last);
		keep_put_dimm(&record, &page.dimm);
		keep_send(&record);
	}
	return n;
}

static uint64_t list_sightings(struct ledger *ledger)
{
	static struct rec_writer record;
	static struct ledger_sighting sighting;
	uint64_t n = 0;

	keep_check(ledger, ledger_sightings(ledger), "read");
	for (; keep_check(ledger, ledger_next_sighting(ledger, &sighting), "read") > 0; n++) {
		begin(&record, "sighting", sighting.addr, sighting.size);
		rec_put_text(&record, "t", sighting.t);
		rec_put_text(&record, "record", sighting.record);
		keep_put(&record, "src", sighting.src);
		keep_put(&record, "result", sighting.result);
		keep_put(&record, "saved_boot", sighting.boot);
		keep_put(&record, "dimm_serial", sighting.serial);
		keep_send(&record);
	}
	return n;
}

enum status poisonctl_saved(int argc, char **argv)
{
	static struct rec_writer record;
	struct ledger ledger;
	uint64_t n;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	keep_open(&ledger, &root, file, false);
	n = history ? list_sightings(&ledger) : list_pages(&ledger);
	ledger_close(&ledger);
	rec_begin(&record, "done");
	rec_put_text(&record, "src", "ledger");
	rec_put_text(&record, "scope", history ? "history" : "saved");
	rec_put_u64(&record, "known", n);
	rec_put_u64(&record, "skipped", 0);
	keep_send(&record);
	return STATUS_DONE;
}
