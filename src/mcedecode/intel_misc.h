/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intel_misc - the place in memory that a memory controller writes into MCi_MISC. */
#ifndef MEMPATROL_INTEL_MISC_H
#define MEMPATROL_INTEL_MISC_H

#include "err.h"

struct intel_misc_row;

/* intel_misc_find - the layout named SET (src/tables/intel_misc.tsv), or NULL. */
const struct intel_misc_row *intel_misc_find(const char *set);

/* intel_misc_put - what E_MISC says by that layout, when it is valid and about memory. */
void intel_misc_put(struct err *err, const struct intel_misc_row *row);

#endif
