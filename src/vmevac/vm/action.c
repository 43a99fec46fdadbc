/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "action.h"
#include "process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rec_writer record;

int action_look(struct action *action)
{
	return condition_find(
		&action->condition, action->targets->root, action->vm.pid, &action->qmp);
}

int action_look_anew(struct action *action)
{
	struct condition *condition = &action->condition;

	condition->state = VM_GONE;
	if (process_has_ended(action->targets->root, action->vm.pid, action->vm.start))
		return -1;
	condition->state = VM_UNKNOWN;
	if (action->qmp.fd < 0 && targets_connect(action->targets, &action->vm, &action->qmp) != 0)
		return -1;
	return action_look(action);
}

static const char *fail(struct action *action, int error, const char *step, const char *why)
{
	qmp_fail(&action->qmp, error, why);
	return step;
}

const char *action_open(struct action *action)
{
	action->qmp.fd = -1;
	action->start_ns = clock_now();
	if (!targets_one(action->targets, action->name, &action->vm))
		return fail(action, ESRCH, "find", "no such virtual machine");
	if (targets_connect(action->targets, &action->vm, &action->qmp) != 0)
		return "ask";
	if (action_look(action) == 0)
		return NULL;
	return action->qmp.why[0]
		       ? "ask"
		       : fail(action, errno, "look at the descriptors of", strerror(errno));
}

void action_begin(struct action *action)
{
	const char *step = action_open(action);

	if (step)
		die(STATUS_FAILED, "%s %s: %s", step, action->name, action->qmp.why);
}

/* --- The record --- */

static void begin_record(const struct action *action, const char *result)
{
	rec_begin(&record, action->type);
	rec_put_text(&record, "vm", action->name);
	if (action->put_target)
		action->put_target(&record);
	rec_put_text(&record, "result", result);
	if (action->vm.pid)
		rec_put_u64(&record, "pid", (uint64_t)action->vm.pid);
}

static enum status end_record(struct action *action, enum status status)
{
	rec_put_now(&record, "t");
	rec_put_u64(&record, "elapsed_ns", clock_now() - action->start_ns);
	latch_close(&action->latch);
	qmp_close(&action->qmp);
	return rec_send(&record, stdout) == 0 ? status : say_output_failed();
}

enum status action_failed(struct action *action, const char *step, int error, const char *why)
{
	say("%s %s: %s: %s", action->type, action->name, step, why[0] ? why : strerror(error));
	begin_record(action, "failed");
	rec_put_errno(&record, "errno", error);
	rec_put_text(&record, "reason", step);
	rec_put_text(&record, "state", vm_state_words[action->condition.state]);
	return end_record(action, STATUS_SOME);
}

enum status action_refused(struct action *action, const char *reason)
{
	begin_record(action, "refused");
	rec_put_text(&record, "reason", reason);
	rec_put_text(&record, "state", vm_state_words[action->condition.state]);
	return end_record(action, STATUS_SOME);
}

enum status action_not_tried(struct action *action)
{
	enum status status = action_refused(action, "dry-run");

	return status == STATUS_SOME ? STATUS_DONE : status;
}

void action_put_disks(const struct action *action, struct rec_writer *to)
{
	rec_put_u64(to, "disks", action->condition.images.written);
	rec_put_u64(to, "latched", action->condition.images.latched);
}

enum status action_done(struct action *action, const char *result)
{
	begin_record(action, result);
	rec_put_text(&record, "state", vm_state_words[action->condition.state]);
	if (action->put)
		action->put(action, &record);
	return end_record(action, STATUS_DONE);
}
