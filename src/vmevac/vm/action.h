/* SPDX-License-Identifier: GPL-2.0-or-later */
/* action - what all that do something to a machine have in common: its QEMU, and one record. */
#ifndef MEMPATROL_VMEVAC_ACTION_H
#define MEMPATROL_VMEVAC_ACTION_H

#include "condition.h"
#include "latch.h"
#include "rec.h"
#include "say.h"
#include "targets.h"

struct action {
	const char *type; /* of the record */
	const char *name; /* of the machine */
	const struct targets *targets;
	/* Required keys behind the name, or NULL. */
	void (*put_target)(struct rec_writer *record);
	/* Keys of what was done, or NULL. */
	void (*put)(const struct action *action, struct rec_writer *record);
	struct vm vm;
	struct qmp qmp;
	struct condition condition; /* before it, and in the end */
	struct latch latch;
	uint64_t start_ns;
};

/* The option --dry-run, a bool, for a table of struct cli_option. */
#define ACTION_DRY_RUN(dry_run)                                     \
	{                                                           \
		.name = "dry-run", .letter = 'n', .to = &(dry_run), \
		.help = "say what would be done, and do nothing"    \
	}

/*
 * action_open - find the machine, reach its QEMU and ask for its condition.  NULL, or the word
 * for what failed, with errno and qmp.why.  A name that several have ends the program.
 */
const char *action_open(struct action *action);

/* action_begin - the same, or end the program. */
void action_begin(struct action *action);

/* action_look - ask again; 0, or -1 as qmp_execute(). */
int action_look(struct action *action);

/*
 * action_look_anew - the same when something went wrong: a connection that broke is made once
 * more.  The condition is then at least VM_GONE or VM_UNKNOWN.
 */
int action_look_anew(struct action *action);

/*
 * action_failed - STEP did not succeed, see errno and action->qmp: say so, and print the record.
 * action_refused - it was not tried.  action_not_tried - for --dry-run: nothing else was in the
 * way.  action_done - print RESULT, "done" or "already".
 * All end what there is of the action, and return the status to end with.
 */
enum status action_failed(struct action *action, const char *step, int error, const char *why);
enum status action_refused(struct action *action, const char *reason);
enum status action_not_tried(struct action *action);
enum status action_done(struct action *action, const char *result);

/* action_put_disks - for put: how many disks it holds, and how many are latched. */
void action_put_disks(const struct action *action, struct rec_writer *record);

#endif
