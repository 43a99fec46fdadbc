/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disks.h"

#include <errno.h>

/* Its disks may be active, and nothing that can be seen tells when they no longer are. */
static bool is_blind(const struct condition *condition)
{
	return condition->writable && !condition->tells_activity && !condition->images.written;
}

/* A block job writes whether the guest runs or not. */
static bool has_jobs(struct qmp *qmp)
{
	json_t *answer;
	bool has;

	if (qmp_execute(qmp, "query-jobs", &answer) != 0)
		return true; /* what cannot be asked cannot be excluded */
	has = json_array_size(answer) > 0;
	json_decref(answer);
	return has;
}

const char *disks_refusal(struct qmp *qmp, const struct condition *condition)
{
	if (is_blind(condition))
		return "no-locks";
	if (!condition->tells_activity && condition->images.written &&
		condition->state != VM_RUNNING)
		return "not-running";
	return has_jobs(qmp) ? "block-job" : NULL;
}

static int set_inactive(struct qmp *qmp, const char *node)
{
	return qmp_execute_with(qmp, "blockdev-set-active",
		json_pack("{s:s*, s:b}", "node-name", node, "active", 0), NULL);
}

/* Nodes that a "cont" has taken back before it failed; those above them no longer reach them. */
static int release_rest(struct qmp *qmp)
{
	json_t *answer;
	const json_t *node;
	size_t i;

	if (qmp_execute(qmp, "query-named-block-nodes", &answer) != 0)
		return -1;
	json_array_foreach(answer, i, node)
	{
		const char *name = qmp_message_text(node, "node-name");

		/* One that cannot be is seen by the locks that it keeps. */
		if (name && json_is_true(json_object_get(node, "active")))
			set_inactive(qmp, name);
	}
	json_decref(answer);
	return 0;
}

int disks_release(struct qmp *qmp, const struct condition *condition)
{
	if (condition->tells_activity)
		return set_inactive(qmp, NULL) == 0 ? release_rest(qmp) : -1;
	if (!condition->images.written)
		return 0;
	return qmp_execute_with(qmp, "xen-save-devices-state",
		json_pack("{s:s, s:b}", "filename", "/dev/null", "live", 1), NULL);
}
