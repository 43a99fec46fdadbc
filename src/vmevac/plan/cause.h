/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cause - what makes a virtual machine leave its host, and how much each counts.
 *
 * The table in cause.c is the one that vmevac(8) shows.
 */
#ifndef MEMPATROL_VMEVAC_CAUSE_H
#define MEMPATROL_VMEVAC_CAUSE_H

#include <stddef.h>
#include <stdint.h>

/* The gravest first: the first that applies is the reason. */
enum cause {
	CAUSE_REQUIRED,
	CAUSE_GROWING,
	CAUSE_POISONED,
	CAUSE_OPTIONAL,
	CAUSE_NEIGHBOR,
	CAUSE_CORRECTED,
	CAUSE_IMPORTANCE, /* alone it is no reason to leave */
	CAUSES,
};

enum { CAUSE_WEIGHT_MAX = 1000000 };

struct cause_rule {
	const char *name;
	uint64_t weight; /* of each, where the policy says nothing else */
	uint64_t most;   /* no more than so many count */
};

extern const struct cause_rule cause_rules[CAUSES];

/* cause_find - the cause called so, LEN bytes; CAUSES when there is none. */
enum cause cause_find(const char *name, size_t len);

/*
 * cause_of_severity - the cause that an error of severity word SEV is; CAUSES for those that
 * are none.
 */
enum cause cause_of_severity(const char *sev, size_t len);

#endif
