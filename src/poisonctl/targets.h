/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * targets - what a verb of poisonctl is to act on: addresses on the command line or, without
 * any, records on standard input.
 *
 * For programs only: what is no address ends the program before anything is done.
 */
#ifndef MEMPATROL_TARGETS_H
#define MEMPATROL_TARGETS_H

#include "rec.h"
#include "say.h"

#include <stdint.h>

/* Records of TYPE whose KEY is VALUE; KEY NULL: all of them. */
struct target_rule {
	const char *type, *key, *value;
	unsigned int way; /* what such a record asks for, as the verb counts */
};

struct target {
	uint64_t addr, size;            /* physical bytes; an operand names the page around it */
	const struct target_rule *rule; /* that picked the record; NULL for an operand */
	const struct rec *record;       /* that record, or NULL */
};

struct targets {
	const struct target_rule *rules; /* the first that fits counts; ends with a type of NULL */
	/* Prints a record; STATUS_SOME when it could not be done, more ends the run. */
	enum status (*act)(const struct target *target, void *context);
	void *context;
};

/*
 * targets_run - call act() for each of the operands ARGV[FIRST] on or, if there is none, for each
 * record that a rule fits and that has addr and size; all other records are forwarded
 * (records(5), What readers do).  Returns the worst status.
 */
enum status targets_run(const struct targets *targets, int first, int argc, char **argv);

#endif
