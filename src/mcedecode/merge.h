/* SPDX-License-Identifier: GPL-2.0-or-later */
/* merge - several reports of one error become one record. */
#ifndef MEMPATROL_MERGE_H
#define MEMPATROL_MERGE_H

#include "err.h"

/* merge_add - one more report.  merge_flush - print all that wait.  0, or -1 with errno. */
int merge_add(const struct err *err, bool raw);
int merge_flush(bool raw);

#endif
