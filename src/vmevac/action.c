/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "action.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct rec_writer record;

int action_look(struct action *action)
{
	return condition_find(
		&action->condition, action->targets->root, action->vm.pid, &action->qmp);
}

/* One that was killed and not yet waited for has a number, but nothing else. */
static bool is_gone(const struct action *action)
{
	static struct vm now;
	char name[32];

	snprintf(name, sizeof(name), "pid:%d", action->vm.pid);
	return targets_find(action->targets, name, &now) == 0 || now.start != action->vm.start;
}

int action_look_anew(struct action *action)
{
	struct condition *condition = &action->condition;

	condition->state = VM_GONE;
	if (is_gone(action))
		return -1;
	condition->state = VM_UNKNOWN;
	if (action->qmp.fd < 0 && targets_connect(action->targets, &action->vm, &action->qmp) != 0)
		return -1;
	return action_look(action);
}

void action_begin(struct action *action)
{
	action->start_ns = clock_now();
	if (!targets_one(action->targets, action->name, &action->vm))
		die(STATUS_FAILED, "find %s: no such virtual machine", action->name);
	if (targets_connect(action->targets, &action->vm, &action->qmp) != 0)
		die(STATUS_FAILED, "ask %s: %s", action->name, action->qmp.why);
	if (action_look(action) == 0)
		return;
	if (action->qmp.why[0])
		die(STATUS_FAILED, "ask %s: %s", action->name, action->qmp.why);
	die_errno(STATUS_FAILED, "look at the descriptors of %s", action->name);
}

/* --- The record --- */

static void begin_record(const struct action *action, const char *result)
{
	rec_begin(&record, action->type);
	rec_put_text(&record, "vm", action->name);
	rec_put_text(&record, "result", result);
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

static void put_disks(const struct action *action)
{
	rec_put_u64(&record, "disks", action->condition.images.written);
	rec_put_u64(&record, "latched", action->condition.images.latched);
}

enum status action_done(struct action *action, const char *result)
{
	begin_record(action, result);
	rec_put_text(&record, "state", vm_state_words[action->condition.state]);
	if (action->put)
		action->put(&record);
	else
		put_disks(action);
	return end_record(action, STATUS_DONE);
}
