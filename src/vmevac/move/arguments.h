/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arguments - how the source's QEMU was started, for a target that wants to start an equal one:
 * its program, the directory it works in, and its arguments, with a NUL behind each.
 */
#ifndef MEMPATROL_VMEVAC_ARGUMENTS_H
#define MEMPATROL_VMEVAC_ARGUMENTS_H

#include "root.h"
#include "wire.h"

/*
 * arguments_until_ready - wait until the target is ready, and tell it those of process PID if it
 * asks. 0, or -1 with errno and wire->why.
 */
int arguments_until_ready(struct wire *wire, const struct root *root, pid_t pid);

/*
 * arguments_ask - ask for them, and take them in: *LEN bytes of SIZE at most, as they come from
 * the peer.  0, or -1 likewise.
 */
int arguments_ask(struct wire *wire, char *out, size_t size, size_t *len);

#endif
