/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blockers - what keeps a virtual machine from being moved while it runs. */
#ifndef MEMPATROL_VMEVAC_BLOCKERS_H
#define MEMPATROL_VMEVAC_BLOCKERS_H

#include "vms.h"
#include "word_list.h"

/*
 * blockers_find - words for hazards= in records(5): hazards_find(), a vhost-user device on the
 * command line, and memory that nobody else can map.  0, or -1 with errno.
 */
int blockers_find(struct word_list *words, const struct root *root, const struct vm *vm);

#endif
