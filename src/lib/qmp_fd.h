/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qmp_fd - hand descriptors to a QEMU (getfd, add-fd), which takes them from its socket. */
#ifndef MEMPATROL_QMP_FD_H
#define MEMPATROL_QMP_FD_H

#include "qmp.h"

/*
 * qmp_send_fd - send FD, for the next "getfd" or "add-fd" to take; it stays the caller's.
 * 0, or -1 with errno; qmp->why is "".
 */
int qmp_send_fd(struct qmp *qmp, int fd);

/* qmp_park_fd - the same, and have it kept under NAME.  0, or -1 as qmp_execute(). */
int qmp_park_fd(struct qmp *qmp, int fd, const char *name);

#endif
