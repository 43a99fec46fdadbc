/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink.h"
#include "page.h"

#include <errno.h>
#include <unistd.h>

int sink_write(int fd, const void *data, size_t size, uint64_t offset)
{
	const char *from = data;

	while (size) {
		ssize_t n = pwrite(fd, from, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n < 0 ? errno : ENOSPC;
			return -1;
		}
		from += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

int sink_open(struct sink *sink, enum sink_kind kind, int fd, uint64_t head, uint64_t end)
{
	*sink = (struct sink){.fd = fd, .head = head, .end = end};
	if (kind == SINK_PLAIN)
		return 0;
	sink->zstd = sink_zstd_open(head, end);
	return sink->zstd ? 0 : -1;
}

int sink_put(struct sink *sink, uint64_t offset, const void *data, size_t size)
{
	sink->data += size;
	return sink->zstd ? sink_zstd_put(sink, offset, data, size)
			  : sink_write(sink->fd, data, size, offset);
}

/* Most of the room for headers and notes is not needed. */
static int write_head(const struct sink *sink, const char *head)
{
	for (uint64_t at = 0; at < sink->head; at += PAGE_BYTES)
		if (!page_is_zero(head + at) &&
			sink_write(sink->fd, head + at, PAGE_BYTES, at) != 0)
			return -1;
	return 0;
}

int sink_finish(struct sink *sink, const void *head)
{
	if (sink->zstd)
		return sink_zstd_finish(sink, head);
	if (write_head(sink, head) != 0)
		return -1;
	return ftruncate(sink->fd, (off_t)sink->end);
}

void sink_close(struct sink *sink)
{
	sink_zstd_close(sink->zstd);
	sink->zstd = NULL;
}
