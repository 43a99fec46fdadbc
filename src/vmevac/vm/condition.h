/* SPDX-License-Identifier: GPL-2.0-or-later */
/* condition - what a virtual machine is doing, from its QEMU and from the kernel. */
#ifndef MEMPATROL_VMEVAC_CONDITION_H
#define MEMPATROL_VMEVAC_CONDITION_H

#include "images.h"
#include "qmp.h"

enum vm_state {
	VM_UNKNOWN,
	VM_RUNNING,
	VM_PAUSED,
	VM_QUIESCED, /* it does not run, and has let go of its disks */
	VM_PANICKED,
	VM_EVACUATED, /* it runs elsewhere now */
	VM_GONE,
	VM_STATES,
};

/* Words of state= in records(5). */
extern const char *const vm_state_words[VM_STATES];

struct condition {
	enum vm_state state;
	char status[32];       /* QEMU's own word; "": it was not asked, or did not say */
	unsigned int writable; /* disks that can be written to */
	bool tells_activity;   /* QEMU says of its disks whether they are active (since 10.0) */
	bool is_active;        /* one that can be written to is */
	struct images images;
};

/*
 * condition_find - of process PID.  QMP is connected, or NULL where QEMU cannot be asked: then
 * little is known.  0, or -1 with errno, and with qmp->why unless that is "".
 */
int condition_find(
	struct condition *condition, const struct root *root, pid_t pid, struct qmp *qmp);

/* condition_state - what follows from the rest. */
enum vm_state condition_state(const struct condition *condition);

/* condition_read_status, condition_read_disks - what query-status and query-block answered. */
void condition_read_status(struct condition *condition, const json_t *answer);
void condition_read_disks(struct condition *condition, const json_t *answer);

#endif
