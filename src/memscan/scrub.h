/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scrub - the verbs of memscan scrub. */
#ifndef MEMPATROL_SCRUB_H
#define MEMPATROL_SCRUB_H

#include "rec.h"
#include "say.h"
#include "scrubber.h"

/* scrub - memscan scrub VERB. */
enum status scrub(int argc, char **argv);

/* Its verbs. */
enum status scrub_list(int argc, char **argv);
enum status scrub_set(int argc, char **argv);

/* scrub_open - find all scrubbers; without any that ends the program with STATUS_UNSUPPORTED. */
void scrub_open(struct scrubbers *scrubbers, const struct root *root);

/* scrub_send - print a record. */
void scrub_send(struct rec_writer *record);

/* scrub_done - print the last record: everything was done but for SKIPPED scrubbers. */
void scrub_done(struct rec_writer *record, uint64_t skipped);

#endif
