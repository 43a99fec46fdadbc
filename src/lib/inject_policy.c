/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inject_policy.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <stddef.h>
#include <sys/syscall.h>

/* mbind(2) ignores the last of the bits that are handed over. */
enum { MAXNODE = INJECT_POLICY_NODES + 1 };

int inject_get_policy(struct inject *in, uint64_t va, struct inject_policy *out)
{
	*out = (struct inject_policy){.mode = MPOL_DEFAULT};
	if (inject_open_scratch(in) != 0)
		return -1;

	uint64_t at = in->scratch;

	if (inject_call(in, SYS_get_mempolicy, at, at + offsetof(struct inject_policy, nodes),
		    INJECT_POLICY_NODES, va, MPOL_F_ADDR) < 0)
		return errno == ENOSYS ? 0 : -1;
	return inject_read(in, at, out, sizeof(*out));
}

int inject_set_policy(
	struct inject *in, uint64_t va, uint64_t size, const struct inject_policy *policy)
{
	bool empty = policy->mode == MPOL_DEFAULT;

	if (inject_open_scratch(in) != 0 ||
		inject_write(in, in->scratch, policy, sizeof(*policy)) != 0)
		return -1;
	return inject_call(in, SYS_mbind, va, size, (uint64_t)policy->mode,
		       empty ? 0 : in->scratch + offsetof(struct inject_policy, nodes),
		       empty ? 0 : MAXNODE, 0) < 0 &&
			       errno != ENOSYS
		       ? -1
		       : 0;
}
