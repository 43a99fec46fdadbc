/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memscan scrub list - what scrubs memory in hardware, and how it is set. */
#include "cli.h"
#include "scrub.h"

#include <errno.h>
#include <stdbool.h>

static struct root root;

static const struct cli cli = {
	.usage = "[--sysroot DIR]",
	.summary = "Print a record for everything that scrubs memory in hardware.",
	.root = &root,
};

/* In a record, behind its name. */
static const struct {
	enum scrubber_control control;
	const char *key;
} columns[] = {
	{SCRUBBER_RATE, "rate"},
	{SCRUBBER_BACKGROUND, "background"},
	{SCRUBBER_CYCLE, "cycle_s"},
	{SCRUBBER_CYCLE_MIN, "cycle_min_s"},
	{SCRUBBER_CYCLE_MAX, "cycle_max_s"},
};

/* What is not offered is not there; anything else that cannot be read is an error to tell. */
static bool is_lost(int error)
{
	return error != ENOENT && error != EOPNOTSUPP;
}

/* What it is scrubbing on demand now stands in front; the first error that is met, or 0. */
static int put_range(struct rec_writer *record, const struct scrubber *scrubber, bool *on_demand)
{
	uint64_t addr, size;

	*on_demand = false;
	if (scrubber_read(&root, scrubber, SCRUBBER_ADDR, &addr) != 0)
		return is_lost(errno) ? errno : 0;
	*on_demand = true;
	if (!addr)
		return 0;
	if (scrubber_read(&root, scrubber, SCRUBBER_SIZE, &size) != 0)
		return errno;
	rec_put_addr(record, "addr", addr);
	rec_put_u64(record, "size", size);
	return 0;
}

/* Returns false when not everything about it could be read. */
static bool list_one(struct rec_writer *record, const struct scrubber *scrubber)
{
	bool on_demand;
	uint64_t value;
	int error;

	rec_begin(record, "scrub");
	error = put_range(record, scrubber, &on_demand);
	rec_put_text(record, "scrubber", scrubber->name);
	rec_put_text(record, "src", "memscan");
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		if (scrubber_read(&root, scrubber, columns[i].control, &value) == 0)
			rec_put_u64(record, columns[i].key, value);
		else if (!error && is_lost(errno))
			error = errno;
	rec_put_u64(record, "on_demand", on_demand);
	if (error)
		rec_put_errno(record, "errno", error);
	scrub_send(record);
	return !error;
}

enum status scrub_list(int argc, char **argv)
{
	static struct rec_writer record;
	struct scrubbers scrubbers;
	uint64_t skipped = 0;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	scrub_open(&scrubbers, &root);
	for (size_t i = 0; i < scrubbers.n; i++)
		skipped += !list_one(&record, &scrubbers.scrubber[i]);
	scrub_done(&record, skipped);
	scrubbers_free(&scrubbers);
	return skipped ? STATUS_SOME : STATUS_DONE;
}
