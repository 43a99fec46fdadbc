/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy - on which NUMA node the replacement lies, and which memory policy it has (mbind(2)).
 * For a process that inject_stop() holds.  0, or -1 with errno.
 */
#ifndef HUGESPLIT_POLICY_H
#define HUGESPLIT_POLICY_H

#include "job.h"

/* policy_read - the policy of the mapping. */
int policy_read(struct sharer *sharer);

/* policy_set_for_filling - what is filled in now comes from the node of the huge page. */
int policy_set_for_filling(struct job *job, struct sharer *sharer);

/* policy_set - the policy that policy_read() found. */
int policy_set(struct job *job, struct sharer *sharer);

/*
 * policy_node - the node that has most pages of the mapping (/proc/PID/numa_maps); -1 when it
 * cannot be told.
 */
int policy_node(const struct root *root, const struct target *target);

/*
 * policy_fullest_node - of a line of numa_maps, LEN bytes, the node with the largest count
 * (" N0=12 N1=3"); -1: no count.
 */
int policy_fullest_node(const char *line, size_t len);

#endif
