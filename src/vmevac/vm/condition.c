/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "condition.h"

#include <string.h>

const char *const vm_state_words[VM_STATES] = {
	[VM_UNKNOWN] = "unknown",
	[VM_RUNNING] = "running",
	[VM_PAUSED] = "paused",
	[VM_QUIESCED] = "quiesced",
	[VM_PANICKED] = "panicked",
	[VM_EVACUATED] = "evacuated",
	[VM_GONE] = "gone",
};

/* RunState in qapi/run-state.json of QEMU; all that is not here is a kind of pause. */
static const struct {
	const char *status;
	enum vm_state state;
} statuses[] = {
	{"", VM_UNKNOWN},
	{"running", VM_RUNNING},
	{"guest-panicked", VM_PANICKED},
	{"internal-error", VM_PANICKED},
	{"postmigrate", VM_EVACUATED},
};

void condition_read_status(struct condition *condition, const json_t *answer)
{
	const char *status = qmp_message_text(answer, "status");

	condition->status[0] = '\0';
	if (status && strlen(status) < sizeof(condition->status))
		memcpy(condition->status, status, strlen(status) + 1);
}

static void read_disk(struct condition *condition, const json_t *disk)
{
	const json_t *inserted = json_object_get(disk, "inserted");
	const json_t *active = json_object_get(inserted, "active");
	bool writable = json_is_false(json_object_get(inserted, "ro"));

	condition->writable += writable;
	condition->tells_activity |= json_is_boolean(active);
	condition->is_active |= writable && json_is_true(active);
}

/*
 * The disk's own node counts: those below it stay active when a "cont" has failed, and do
 * nothing without it.
 */
void condition_read_disks(struct condition *condition, const json_t *answer)
{
	size_t i;
	const json_t *disk;

	condition->writable = 0;
	condition->tells_activity = condition->is_active = false;
	json_array_foreach(answer, i, disk) read_disk(condition, disk);
}

/* The mark outlives a stray "cont", but not the disks' being free. */
enum vm_state condition_state(const struct condition *condition)
{
	bool released =
		condition->images.marked && !condition->images.written && !condition->is_active;
	enum vm_state state = VM_PAUSED;

	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (!strcmp(statuses[i].status, condition->status))
			state = statuses[i].state;
	return state == VM_PAUSED && released ? VM_QUIESCED : state;
}

static int ask(struct condition *condition, struct qmp *qmp)
{
	json_t *answer;

	if (qmp_execute(qmp, "query-status", &answer) != 0)
		return -1;
	condition_read_status(condition, answer);
	json_decref(answer);
	if (qmp_execute(qmp, "query-block", &answer) != 0)
		return -1;
	condition_read_disks(condition, answer);
	json_decref(answer);
	return 0;
}

int condition_find(struct condition *condition, const struct root *root, pid_t pid, struct qmp *qmp)
{
	*condition = (struct condition){.state = VM_UNKNOWN};
	if (qmp) {
		qmp->why[0] = '\0';
		if (ask(condition, qmp) != 0)
			return -1;
	}
	if (images_look(&condition->images, root, pid) != 0)
		return -1;
	condition->state = condition_state(condition);
	return 0;
}
