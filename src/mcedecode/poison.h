/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poison - the kernel's decision about a page, the same words in its log and its trace event. */
#ifndef MEMPATROL_POISON_H
#define MEMPATROL_POISON_H

#include "formats.h"

/* poison_decided - what the kernel did about page PFN, which was of KIND: RESULT, "Recovered". */
void poison_decided(uint64_t pfn, struct scan kind, struct scan result, const char *source);

/* poison_recovery - the same as words, "recovery action for KIND: RESULT". */
bool poison_recovery(struct scan *s, uint64_t pfn, const char *source);

/*
 * poison_victim - who gets the signal: "qemu:1234 due to hardware memory corruption", and go
 * behind it.  False, without a change of *s worth keeping, when it is something else.
 */
bool poison_victim(struct scan *s, struct err *err);

#endif
