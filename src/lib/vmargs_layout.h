/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from all options for main memory: a part of vmargs, for vmargs.c only. */
#ifndef MEMPATROL_VMARGS_LAYOUT_H
#define MEMPATROL_VMARGS_LAYOUT_H

#include "vmargs.h"

/* Which backends are main memory, and where in it; doubtful where that does not come out. */
void vmargs_lay_out(struct vmargs *args);

#endif
