/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dimm - which memory module a page is on, and whether it still is. */
#ifndef MEMPATROL_DIMM_H
#define MEMPATROL_DIMM_H

#include "rec.h"
#include "smbios.h"

enum { DIMM_TEXT_MAX = 256 };

/* A memory module as it was known; what is not known is empty. */
struct dimm {
	char label[DIMM_TEXT_MAX];   /* what records called it: EDAC's label */
	char bank[DIMM_TEXT_MAX];    /* where it is, in SMBIOS */
	char locator[DIMM_TEXT_MAX]; /* the same */
	char serial[DIMM_TEXT_MAX];  /* SMBIOS; empty when it tells nothing */
};

/* What has become of a module. */
enum dimm_fate {
	DIMM_THERE,    /* where it was, or nothing tells otherwise */
	DIMM_MOVED,    /* in another slot: its addresses are others now */
	DIMM_REPLACED, /* no longer in the machine */
};

/*
 * dimm_find - the module of the page at physical address ADDR: the one that RECORD names, by
 * handle or label; otherwise, or with a RECORD of NULL, the one that firmware says is there.
 * SMBIOS may be NULL: then only the record's label is known.
 */
void dimm_find(
	struct dimm *dimm, const struct smbios *smbios, const struct rec *record, uint64_t addr);

/*
 * dimm_fate - compare what was known with the modules of today.
 *
 * Only serial numbers tell modules apart, and only those that one module has alone and that
 * are no words for "not known".  Where they do not tell, the module counts as there: to lose
 * a good page costs less than to use a bad one.
 */
enum dimm_fate dimm_fate(const struct dimm *dimm, const struct smbios *smbios);

#endif
