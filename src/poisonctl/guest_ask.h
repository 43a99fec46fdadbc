/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest_ask - how a guest's memory is laid out, as its QEMU has it. */
#ifndef MEMPATROL_GUEST_ASK_H
#define MEMPATROL_GUEST_ASK_H

#include "guest.h"

/*
 * guest_ask - have QEMU itself tell how guest's memory is laid out: over the socket that its
 * command line names, or through libvirt where that holds the monitor.  Returns NULL when it
 * did or there is no such way, or the reason.
 */
const char *guest_ask(struct guest *guest, const struct root *root);

#endif
