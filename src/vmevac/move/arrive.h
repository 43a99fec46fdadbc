/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arrive - the steps by which a machine comes to this host. */
#ifndef MEMPATROL_VMEVAC_ARRIVE_H
#define MEMPATROL_VMEVAC_ARRIVE_H

#include "fetch.h"
#include "receive.h"
#include "target.h"
#include "wire.h"

struct arrive {
	struct target *target;
	struct wire *wire;
	const struct root *root;
	const char *command, *socket; /* of --launch, or of --qmp; the other is NULL, */
	bool same;                    /* or both are, and the source says how */

	/* What the source offers. */
	char type[MACHINE_TYPE_MAX];
	uint64_t blocks, kib;
	struct {
		char id[VMARGS_ID_MAX];
		uint64_t size;
	} block[RAM_BLOCKS_MAX];

	struct ram ram;
	struct receive receive;
	struct fetch fetch;
	const char *why; /* of the step that failed; "": errno says it */
};

/*
 * arrive_go - all steps from the offer on, which is in wire->rec, until the machine runs and has
 * been compared.  NULL, or the name of the step that failed, with errno and arrive->why.
 * arrive_again - those from the wish to recover on, of a move whose journal is open.
 */
const char *arrive_go(struct arrive *arrive);
const char *arrive_again(struct arrive *arrive);

#endif
