/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that tell of monitors: a part of vmargs, for vmargs.c only. */
#ifndef MEMPATROL_VMARGS_MONITOR_H
#define MEMPATROL_VMARGS_MONITOR_H

#include "vmargs.h"

/* The arguments of -qmp and -qmp-pretty, -chardev and -mon. */
void vmargs_take_qmp(struct vmargs *args, const char *text);
void vmargs_take_chardev(struct vmargs *args, const char *text);
void vmargs_take_mon(struct vmargs *args, const char *text);

/* When all options have been taken: a monitor may stand before its character device. */
void vmargs_find_monitor(struct vmargs *args);

#endif
