/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labels - the memory module of an error by the name that firmware gave it. */
#ifndef MEMPATROL_LABELS_H
#define MEMPATROL_LABELS_H

#include "err.h"
#include "root.h"

/* labels_open - take names from the SMBIOS tables below ROOT; ends the program when it cannot. */
void labels_open(const struct root *root);

/*
 * labels_put - name the module that the error's SMBIOS handle is of, or complete what EDAC calls
 * it.  Only what is exactly so counts, and nothing is done before labels_open().
 */
void labels_put(struct err *err);

#endif
