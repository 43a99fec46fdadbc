/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject_policy - from which NUMA nodes memory of another process comes (mbind(2)). */
#ifndef MEMPATROL_INJECT_POLICY_H
#define MEMPATROL_INJECT_POLICY_H

#include "inject.h"

struct inject_policy {
	int mode;                /* MPOL_DEFAULT and so on, with flags */
	unsigned long nodes[16]; /* one bit each */
};

/* Bits of the mask. */
enum { INJECT_POLICY_NODES = 8 * sizeof(((struct inject_policy *)0)->nodes) };

/*
 * inject_get_policy - that of the mapping at VA; MPOL_DEFAULT on a kernel without NUMA.
 * inject_set_policy - for what is yet to come of the SIZE bytes at VA.  Both take scratch.  0 or
 * -1.
 */
int inject_get_policy(struct inject *in, uint64_t va, struct inject_policy *out);
int inject_set_policy(
	struct inject *in, uint64_t va, uint64_t size, const struct inject_policy *policy);

#endif
