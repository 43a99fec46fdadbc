/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * devices - the state of a machine's devices on its way: kept in memory, and handed to a QEMU as
 * the stream of a migration.
 *
 * What xen-save-devices-state writes is such a stream (docs/devel/migration of QEMU) without two
 * parts that a QEMU may wait for: the section of configuration behind the header, with the type of
 * the machine, and the description at the end.
 */
#ifndef MEMPATROL_VMEVAC_DEVICES_H
#define MEMPATROL_VMEVAC_DEVICES_H

#include "kept.h"

/*
 * devices_write - all of it to FD, with the missing parts if MACHINE, the machine's type, is not
 * NULL; each wait for FD takes no longer than TIMEOUT_NS.  0, or -1 with errno (EBADMSG: it is no
 * such stream).
 */
int devices_write(const struct kept *devices, int fd, const char *machine, uint64_t timeout_ns);

#endif
