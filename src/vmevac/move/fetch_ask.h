/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fetch_ask - what of the missing memory is asked for, and how much at a time; for fetch.c. */
#ifndef MEMPATROL_VMEVAC_FETCH_ASK_H
#define MEMPATROL_VMEVAC_FETCH_ASK_H

#include "fetch.h"

/* fetch_ask - N pages from FIRST on, which are missing; 0, or -1 as wire_send(). */
int fetch_ask(struct fetch *fetch, unsigned int block, uint64_t first, uint64_t n);

/* fetch_ask_in_background - so much of what nobody waits for as is good now; 0 or -1. */
int fetch_ask_in_background(struct fetch *fetch);

/* fetch_note_answer - PAGES have come. */
void fetch_note_answer(struct fetch *fetch, uint64_t pages);

#endif
