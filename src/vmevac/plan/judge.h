/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge - what applies to each virtual machine of a host, and which is to leave first. */
#ifndef MEMPATROL_VMEVAC_JUDGE_H
#define MEMPATROL_VMEVAC_JUDGE_H

#include "host.h"
#include "policy.h"

/* judge - count the causes of each machine, find its neighbors, and score it. */
void judge(struct host *host, const struct policy *policy);

/* judge_neighbors - the part of judge() that looks at rows and modules. */
void judge_neighbors(struct host *host, const struct policy *policy);

/* judge_reason - the gravest cause that applies; CAUSES when none does but importance. */
enum cause judge_reason(const struct machine *machine);

/* judge_order - which of two machines is to leave first, as the function of qsort(3). */
int judge_order(const void *a, const void *b);

#endif
