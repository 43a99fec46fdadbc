/* SPDX-License-Identifier: GPL-2.0-or-later */
/* amd - what scalable MCA and the banks before it share. */
#ifndef MEMPATROL_AMD_H
#define MEMPATROL_AMD_H

#include "mca.h"

enum { AMD_NB_BANK = 4 }; /* the northbridge, before scalable MCA */

/* amd_put_text - what the manual says of an extended code. */
void amd_put_text(struct err *err, const char *text);

/* amd_put_unknown_xec - that it says nothing. */
void amd_put_unknown_xec(struct err *err, unsigned int xec);

/* amd_put_legacy - unit, codes and address of a bank of family 0Fh to 16h. */
void amd_put_legacy(struct err *err, const struct cpu_id *cpu);

#endif
