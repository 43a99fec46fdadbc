/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aer - what the log, the trace event and CPER have in common about PCIe errors. */
#ifndef MEMPATROL_AER_H
#define MEMPATROL_AER_H

#include "formats.h"

/* aer_severity - the words of the severity. */
bool aer_severity(struct scan *s, enum sev *sev);

/* aer_put_bits - numbers and names of the bits of a status register. */
void aer_put_bits(struct err *err, uint64_t status, bool uncorrectable);

#endif
