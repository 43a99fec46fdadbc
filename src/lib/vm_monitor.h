/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vm_monitor - the QMP monitor of a virtual machine, where its command line says it is. */
#ifndef MEMPATROL_VM_MONITOR_H
#define MEMPATROL_VM_MONITOR_H

#include "qmp.h"
#include "vms.h"

/*
 * vm_monitor_connect - reach it, with qmp set up for qmp_connect().  0, or -1 with errno and
 * qmp->why: ENODATA when the command line names none, ESTALE when another process listens
 * there; else as root_openat() and qmp_connect().
 */
int vm_monitor_connect(struct qmp *qmp, const struct root *root, const struct vm *vm);

/* vm_monitor_is - the process at the other end is PID: paths outlive those who made them. */
bool vm_monitor_is(const struct qmp *qmp, pid_t pid);

#endif
