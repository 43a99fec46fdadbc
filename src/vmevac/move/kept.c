/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kept.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

int kept_add(struct kept *kept, const void *data, size_t size)
{
	if (kept->fd < 0)
		kept->fd = memfd_create("kept", MFD_CLOEXEC);
	if (kept->fd < 0)
		return -1;
	if (size > KEPT_MAX - kept->size) {
		errno = EFBIG;
		return -1;
	}

	ssize_t n = pwrite(kept->fd, data, size, (off_t)kept->size);

	kept->size += n > 0 ? (uint64_t)n : 0;
	return n == (ssize_t)size ? 0 : -1;
}

void kept_close(struct kept *kept)
{
	if (kept->fd >= 0)
		close(kept->fd);
	*kept = (struct kept){.fd = -1};
}
