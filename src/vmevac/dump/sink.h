/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sink - a large file of which most is written in order, and its head last.  What is not written
 * is zero, and takes no room where the file system has holes.
 *
 * Compressed, it is a series of frames that each stand for SINK_FRAME bytes, with a table at the
 * end that tells where each begins: the seekable format of zstd
 * (contrib/seekable_format/zstd_seekable_compression_format.md of it), which every zstd(1)
 * reads, and from which programs that know the table read any part.  For the head there is room
 * at the start, with a frame behind it that readers skip.
 */
#ifndef MEMPATROL_VMEVAC_SINK_H
#define MEMPATROL_VMEVAC_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SINK_FRAME = 1 << 20 };

enum sink_kind { SINK_PLAIN, SINK_ZSTD };

struct sink_zstd;

struct sink {
	int fd;
	uint64_t head, end; /* bytes of the head, and of the whole */
	uint64_t data;      /* bytes that were put */
	struct sink_zstd *zstd;
};

/*
 * sink_open - write END bytes, of which HEAD, whole pages, are the head, to FD, an empty file that
 * stays the caller's.  0, or -1 with errno.
 */
int sink_open(struct sink *sink, enum sink_kind kind, int fd, uint64_t head, uint64_t end);

/* sink_put - SIZE bytes at OFFSET, behind all that was put before; 0, or -1 with errno. */
int sink_put(struct sink *sink, uint64_t offset, const void *data, size_t size);

/* sink_finish - write HEAD, which is aligned to pages, and all that is still to be written; 0, or
 * -1 with errno. */
int sink_finish(struct sink *sink, const void *head);

void sink_close(struct sink *sink);

/* --- For the parts of sink only --- */

/* sink_write - pwrite(2) all of it; 0, or -1 with errno. */
int sink_write(int fd, const void *data, size_t size, uint64_t offset);

struct sink_zstd *sink_zstd_open(uint64_t head, uint64_t end);
int sink_zstd_put(struct sink *sink, uint64_t offset, const void *data, size_t size);
int sink_zstd_finish(struct sink *sink, const void *head);
void sink_zstd_close(struct sink_zstd *zstd);

#endif
