/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pager_huge - what pager.h does with huge pages of hugetlbfs. */
#ifndef MEMPATROL_VMEVAC_PAGER_HUGE_H
#define MEMPATROL_VMEVAC_PAGER_HUGE_H

#include "pager.h"

/*
 * pager_huge_can_wait - with the UFFD_FEATURE bits FEATURES; true where there are no huge pages. Of
 * a gigantic page whoever touches a byte would wait for all.
 */
bool pager_huge_can_wait(const struct ram_block *block, uint64_t features);

/* All that follow return 0, or -1 with errno, and are about pages of huge ones. */

/*
 * pager_huge_check - behind the registration: QEMU has mapped none of the pages of which something
 * is missing.  EBUSY otherwise: it would not wait for them.
 */
int pager_huge_check(const struct pager *pager, const struct ram_block *block);

/* pager_huge_put - N pages from FIRST on with DATA; NULL: zeros. */
int pager_huge_put(
	const struct ram_block *block, uint64_t first, uint64_t n, const unsigned char *data);

/*
 * pager_huge_finish - the huge pages that the pages from FIRST to END - 1 are in are shown, unless
 * something of them is missing; where something is lost, all is, and poison.
 */
int pager_huge_finish(struct pager *pager, struct ram_block *block, uint64_t first, uint64_t end);

/* pager_huge_show - the one that PAGE is in, as it is, or zeros. */
int pager_huge_show(struct pager *pager, struct ram_block *block, uint64_t page);

#endif
