/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void control_need(const struct root *root, const char *path, const char *module)
{
	int fd = root_openat(root, O_WRONLY, "%s", path);

	if (fd >= 0) {
		close(fd);
		return;
	}
	if (errno == ENOENT && module)
		die(STATUS_UNSUPPORTED, "open /%s: not there; try 'modprobe %s'", path, module);
	die_errno(errno == ENOENT ? STATUS_UNSUPPORTED : STATUS_FAILED, "open /%s", path);
}
