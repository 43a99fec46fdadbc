/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * instance - a trace of our own (Documentation/trace/ftrace.rst, "Instances"): events
 * are recorded for it whatever others trace, and nobody else reads them away.
 *
 * It lasts until it is removed.  The lock on its directory lasts as long as its owner, so
 * that one whose owner was killed is known and removed by the next to come.
 */
#ifndef MEMPATROL_INSTANCE_H
#define MEMPATROL_INSTANCE_H

#include "root.h"

struct instance {
	const char *tracing; /* where tracefs is, below the root */
	int parent;          /* the directory of all instances, or -1 */
	int dir;             /* its own, locked, or -1 */
	char name[32];
};

/*
 * instance_open - remove what the dead have left behind and make a new one.
 * Returns 0, or -1 with errno; instance_close() is due in either case.
 */
int instance_open(struct instance *instance, const struct root *root);

/* instance_close - remove it.  Nothing in it may be open. */
void instance_close(struct instance *instance);

#endif
