/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backends - which mapping of a QEMU is which of its memory backends. */
#ifndef MEMPATROL_VMEVAC_BACKENDS_H
#define MEMPATROL_VMEVAC_BACKENDS_H

#include "qmp.h"
#include "vms.h"

/*
 * backends_find - as vm_find_ram(), but QEMU itself is asked for those of one size and kind:
 * several of them are nothing but the same in its list of mappings.  It knows them as long as the
 * guest sees them, from gpa2hva.  0, or -1 with errno, and with qmp->why unless that is "".
 */
int backends_find(struct vm *vm, const struct root *root, struct qmp *qmp);

#endif
