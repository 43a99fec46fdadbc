/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/blockers.h"
#include "vm/disks.h"
#include "vm/ramblocks.h"
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* What a machine has to be started with. */
static const char own_memory[] =
	"-object memory-backend-memfd,id=ram,size=SIZE,share=on -machine memory-backend=ram";

/*
 * Words of hazards= that forbid it, the gravest first, and what to do about them.  What is merely
 * pinned is not among them: all I/O has ended when the guest stands still, and all memory is
 * compared then.
 */
static const struct {
	const char *word, *hint;
} forbidden[] = {
	{"vfio", "device_del the VFIO devices"},
	{"iommufd", "device_del the VFIO devices"},
	{"vdpa", "-netdev tap,vhost=on in the place of vhost-vdpa"},
	{"infiniband", "device_del the RDMA devices"},
	{"sev", "a machine without confidential-guest-support"},
	{"vhost-user", "-netdev tap or virtio-blk-pci in the place of vhost-user"},
	{"private", own_memory},
};

static int refuse(struct refusal *refusal, const char *reason, const char *hint)
{
	refusal->reason = reason;
	snprintf(refusal->hint, sizeof(refusal->hint), "%s", hint);
	return 1;
}

static int look_at_hazards(struct action *action, struct refusal *refusal)
{
	struct word_list words;

	action->qmp.why[0] = '\0';
	if (blockers_find(&words, action->targets->root, &action->vm) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		if (word_list_has(&words, forbidden[i].word))
			return refuse(refusal, forbidden[i].word, forbidden[i].hint);
	if (!action->vm.args.backends)
		return refuse(refusal, "private", own_memory);
	return 0;
}

/* What QEMU itself knows to forbid a migration, of which this is one. */
static int look_at_blocked(struct action *action, struct refusal *refusal)
{
	json_t *answer;
	const char *reason;

	if (qmp_execute(&action->qmp, "query-migrate", &answer) != 0)
		return -1;
	reason = json_string_value(json_array_get(json_object_get(answer, "blocked-reasons"), 0));

	int result = reason ? refuse(refusal, "blocked", reason) : 0;

	json_decref(answer);
	return result;
}

static int look_at_blocks(struct action *action, struct refusal *refusal)
{
	struct ramblock other;
	const char *at;
	char *text;

	if (qmp_monitor(&action->qmp, "info ramblock", &text) != 0)
		return -1;

	at = text;

	bool is_told = ramblocks_next(&at, &other);
	bool found = ramblocks_find_other(text, &action->vm.args, &other);

	free(text);
	if (!is_told)
		return qmp_fail(&action->qmp, EBADMSG, "QEMU does not say what memory it has");
	if (!found)
		return 0;
	snprintf(
		refusal->hint, sizeof(refusal->hint), "%s: %s", other.name, ramblocks_hint(&other));
	refusal->reason = "memory";
	return 1;
}

int source_refusal(struct action *action, struct refusal *refusal)
{
	static int (*const looks[])(struct action *, struct refusal *) = {
		look_at_hazards, look_at_blocked, look_at_blocks};
	const char *reason;

	refusal->hint[0] = '\0';
	if (action->condition.state == VM_EVACUATED)
		return refuse(refusal, "evacuated", "");
	if (action->condition.state != VM_RUNNING)
		return refuse(refusal, "not-running", "vmevac resume");
	reason = disks_refusal(&action->qmp, &action->condition);
	if (reason)
		return refuse(refusal, reason, "");
	for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
		int result = looks[i](action, refusal);

		if (result != 0)
			return result;
	}
	return 0;
}
