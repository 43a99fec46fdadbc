/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine - of what type a QEMU's machine is. */
#ifndef MEMPATROL_VMEVAC_MACHINE_H
#define MEMPATROL_VMEVAC_MACHINE_H

#include "qmp.h"

enum { MACHINE_TYPE_MAX = 64 };

/* machine_type - its name with its version, "pc-i440fx-10.0"; 0, or -1 as qmp_execute(). */
int machine_type(struct qmp *qmp, char out[MACHINE_TYPE_MAX]);

#endif
