/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rights - what of root's might a process keeps (capabilities(7)). */
#ifndef MEMPATROL_VMEVAC_RIGHTS_H
#define MEMPATROL_VMEVAC_RIGHTS_H

#include <linux/capability.h>

/*
 * rights_keep - give up all capabilities but these, of which the last is followed by -1, for good:
 * those that this process does not have are not there to keep, and nothing that it runs gets more
 * (no_new_privs, prctl(2)).  For the calling thread, and those that it starts.  0, or -1 with
 * errno.
 */
int rights_keep(int capability, ...);

#endif
