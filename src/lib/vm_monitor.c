/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm_monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool vm_monitor_is(const struct qmp *qmp, pid_t pid)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(qmp->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.pid == pid;
}

/*
 * QEMU may run in a root of its own; and the whole may be longer than the address of a
 * socket can be, which one of its descriptor is not.
 */
int vm_monitor_connect(struct qmp *qmp, const struct root *root, const struct vm *vm)
{
	const char *path = vm->args.qmp;
	char link[64];
	int fd;

	if (!path[0])
		return qmp_fail(qmp, ENODATA, "its command line names no QMP socket");
	fd = root_openat(
		root, O_PATH, "proc/%d/%s%s", vm->pid, *path == '/' ? "root" : "cwd/", path);
	if (fd < 0)
		return qmp_fail(qmp, errno, strerror(errno));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);

	int result = qmp_connect(qmp, link);
	int error = errno;

	close(fd);
	errno = error;
	if (result != 0 || vm_monitor_is(qmp, vm->pid))
		return result;
	qmp_close(qmp);
	return qmp_fail(qmp, ESTALE, "another process listens there");
}
