/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bad - the base pages of which it is known that they, of all of a huge page, are the bad ones. */
#ifndef MEMPATROL_BAD_H
#define MEMPATROL_BAD_H

#include "rec.h"
#include "say.h"

#include <stdint.h>

enum { BAD_MAX = 1 << 16 };

/* bad_add - frame PFN is bad; what is more than BAD_MAX is forgotten. */
void bad_add(uint64_t pfn);

/*
 * bad_take_records - those in records on standard input, of an error or a page of at most a
 * base page; returns the status to end with.
 */
enum status bad_take_records(void);

/* bad_put - bad=, the addresses of those among the FRAMES from PFN on, if there are any. */
void bad_put(struct rec_writer *record, uint64_t pfn, uint64_t frames);

#endif
