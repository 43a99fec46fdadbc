/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scrub.h"
#include "cli.h"

#include <stdlib.h>

static const struct cli_verb verbs[] = {
	{"list", "print a record for every scrubber", scrub_list},
	{"set", "set one control of some scrubbers", scrub_set},
	{0},
};

enum status scrub(int argc, char **argv)
{
	return cli_run_verb("Controls of the hardware that scrubs memory.", verbs, argc, argv);
}

void scrub_open(struct scrubbers *scrubbers, const struct root *root)
{
	if (scrubbers_find(scrubbers, root) != 0)
		die_errno(STATUS_FAILED, "find scrub controls");
	if (!scrubbers->n)
		die(STATUS_UNSUPPORTED, "find scrub controls: no driver offers any in "
					"/sys/devices/system/edac/mc or /sys/bus/edac/devices");
}

void scrub_send(struct rec_writer *record)
{
	if (rec_send(record, stdout) != 0 || fflush(stdout) != 0)
		exit(say_output_failed());
}

void scrub_done(struct rec_writer *record, uint64_t skipped)
{
	rec_begin(record, "done");
	rec_put_text(record, "src", "memscan");
	rec_put_text(record, "scope", "scrub");
	rec_put_u64(record, "skipped", skipped);
	scrub_send(record);
}
