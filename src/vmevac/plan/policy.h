/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy - what the operator says matters (vmevac(8), POLICY). */
#ifndef MEMPATROL_VMEVAC_POLICY_H
#define MEMPATROL_VMEVAC_POLICY_H

#include "cause.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	POLICY_NAME_MAX = 256,
	POLICY_MACHINES_MAX = 1024,
	POLICY_IMPORTANCE_MAX = 100,
	POLICY_ROWS_MAX = 1024,
	POLICY_GROWING_MAX = 65536,
};

/* How important machines of a name are. */
struct policy_machine {
	char name[POLICY_NAME_MAX]; /* without the "*" */
	size_t len;
	bool is_start; /* and all names that begin so */
	uint64_t importance;
};

struct policy {
	uint64_t weight[CAUSES];
	uint64_t rows;    /* of DRAM, that are so close that they disturb each other */
	uint64_t growing; /* fewer errors than that say nothing of their rate */
	unsigned int machines;
	struct policy_machine machine[POLICY_MACHINES_MAX];
	unsigned int given; /* bits of the settings that were read */
};

/* policy_init - what holds without a policy. */
void policy_init(struct policy *policy);

/* policy_parse - one line without its LF, LEN bytes; NULL, or the reason it is malformed. */
const char *policy_parse(struct policy *policy, const char *line, size_t len);

/*
 * policy_read - the lines of FD.  NULL, or the reason: with *line where in the file, 0 when
 * it could not be read (errno then says why).
 */
const char *policy_read(struct policy *policy, int fd, uint64_t *line);

/* policy_importance - of the machine with that name: the first line that fits; 0 without. */
uint64_t policy_importance(const struct policy *policy, const char *name);

#endif
