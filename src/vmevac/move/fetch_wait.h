/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fetch_wait - who waits for missing memory; for fetch.c. */
#ifndef MEMPATROL_VMEVAC_FETCH_WAIT_H
#define MEMPATROL_VMEVAC_FETCH_WAIT_H

#include "fetch.h"

/*
 * fetch_wait_for - somebody waits for PAGE, or for the huge page that it is in, of which some are
 * missing: ask for them.  0, or -1 as wire_send().
 */
int fetch_wait_for(struct fetch *fetch, unsigned int block, uint64_t page);

/*
 * fetch_ask_for_waiters - a QEMU can have more threads that wait than may be asked for at a time:
 * when there is room again.  0, or -1 as wire_send().
 */
int fetch_ask_for_waiters(struct fetch *fetch);

/* fetch_release - N pages from FIRST on have come: nobody waits for them, if that is all. */
void fetch_release(struct fetch *fetch, unsigned int block, uint64_t first, uint64_t n);

#endif
