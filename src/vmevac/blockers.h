/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blockers - what keeps a virtual machine from being moved while it runs. */
#ifndef MEMPATROL_VMEVAC_BLOCKERS_H
#define MEMPATROL_VMEVAC_BLOCKERS_H

#include "vms.h"
#include "word_list.h"

#include <stdbool.h>

struct blockers {
	struct word_list words; /* of hazards= in records(5) */
	bool has_kvm;
};

/*
 * blockers_find - of VM: devices of the host that its descriptors lead to, a vhost-user device
 * on its command line, and memory that nobody else can map.  0, or -1 with errno.
 */
int blockers_find(struct blockers *blockers, const struct root *root, const struct vm *vm);

#endif
