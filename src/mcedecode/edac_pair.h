/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edac_pair - where an error is, as EDAC's core and its drivers name it. */
#ifndef MEMPATROL_EDAC_PAIR_H
#define MEMPATROL_EDAC_PAIR_H

#include "formats.h"

/* What a single field of an error cannot hold. */
struct edac_details {
	struct edac_key key;
	uint64_t offset, grain;
};

/* edac_pair - one "name:value" or "name value", the name of LEN bytes. */
void edac_pair(
	struct err *err, struct edac_details *d, const char *name, size_t len, struct scan value);

/* edac_pairs - all "name:value" between blanks; other words say nothing. */
void edac_pairs(struct scan *s, struct err *err, struct edac_details *d);

#endif
