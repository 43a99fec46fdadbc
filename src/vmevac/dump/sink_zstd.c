/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sink: compressed, in frames that can be found. */
#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <unistd.h>
#include <zstd.h>

/* The machine stands still meanwhile. */
enum { LEVEL = 1 };

/* Of the seekable format, and of skippable frames (doc/zstd_compression_format.md of zstd). */
enum {
	SKIPPABLE_MAGIC = 0x184d2a50,
	TABLE_MAGIC = 0x184d2a5e,
	SKIPPABLE_HEAD = 8, /* its magic number, and how many bytes follow */
	FOOTER = 9,         /* number of frames, descriptor, and another magic number */
	FRAMES_MAX = 0x8000000,
};

#define SEEKABLE_MAGIC 0x8f92eab1

struct entry {
	uint32_t compressed, size;
};

struct sink_zstd {
	ZSTD_CCtx *context;
	char *frame;    /* SINK_FRAME bytes */
	bool is_empty;  /* nothing was put into it */
	uint64_t start; /* of it in the whole */
	char *out;      /* compressed */
	size_t out_max;
	char *zeros; /* a frame of zeros, compressed */
	size_t zeros_len;
	uint64_t room;       /* at the start of the file, for the head */
	uint64_t place;      /* in the file, of the next frame */
	struct entry *table; /* mapped */
	size_t frames, frames_max, table_size;
};

static int fail(int error)
{
	errno = error;
	return -1;
}

/* --- Opening --- */

static size_t compress(struct sink_zstd *zstd, void *to, size_t max, const void *from, size_t size)
{
	size_t n = ZSTD_compressCCtx(zstd->context, to, max, from, size, LEVEL);

	return ZSTD_isError(n) ? 0 : n;
}

static bool compress_zeros(struct sink_zstd *zstd)
{
	memset(zstd->frame, 0, SINK_FRAME);
	zstd->is_empty = true;
	zstd->zeros_len = compress(zstd, zstd->zeros, zstd->out_max, zstd->frame, SINK_FRAME);
	return zstd->zeros_len > 0;
}

/* The table is in memory: eight bytes for each frame. */
static bool make_room(struct sink_zstd *zstd, uint64_t head, uint64_t end)
{
	/* Those of the head and of what fills its room up, and a last one that is short. */
	zstd->frames_max = 2 + (end - head) / SINK_FRAME + 1;
	zstd->table_size = SKIPPABLE_HEAD + zstd->frames_max * sizeof(struct entry) + FOOTER;
	zstd->table = mmap(NULL, zstd->table_size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (zstd->table == MAP_FAILED)
		zstd->table = NULL;
	zstd->context = ZSTD_createCCtx();
	zstd->frame = malloc(SINK_FRAME);
	zstd->out_max = MAX(ZSTD_compressBound(SINK_FRAME), ZSTD_compressBound(head));
	zstd->out = malloc(zstd->out_max);
	zstd->zeros = malloc(zstd->out_max);
	zstd->start = head;
	zstd->room = zstd->place = ZSTD_compressBound(head) + SKIPPABLE_HEAD;
	zstd->frames = 2;
	return zstd->table && zstd->context && zstd->frame && zstd->out && zstd->zeros &&
	       zstd->frames_max <= FRAMES_MAX;
}

struct sink_zstd *sink_zstd_open(uint64_t head, uint64_t end)
{
	struct sink_zstd *zstd = calloc(1, sizeof(*zstd));

	if (zstd && make_room(zstd, head, end) && compress_zeros(zstd))
		return zstd;
	sink_zstd_close(zstd);
	errno = ENOMEM;
	return NULL;
}

void sink_zstd_close(struct sink_zstd *zstd)
{
	if (!zstd)
		return;
	if (zstd->table)
		munmap(zstd->table, zstd->table_size);
	ZSTD_freeCCtx(zstd->context);
	free(zstd->frame);
	free(zstd->out);
	free(zstd->zeros);
	free(zstd);
}

/* --- Frames --- */

static int write_frame(struct sink *sink, const void *data, size_t len, size_t size)
{
	struct sink_zstd *zstd = sink->zstd;

	if (sink_write(sink->fd, data, len, zstd->place) != 0)
		return -1;
	zstd->table[zstd->frames++] = (struct entry){(uint32_t)len, (uint32_t)size};
	zstd->place += len;
	zstd->start += size;
	return 0;
}

static int end_frame(struct sink *sink)
{
	struct sink_zstd *zstd = sink->zstd;
	size_t size = MIN(sink->end - zstd->start, (uint64_t)SINK_FRAME), len;

	if (zstd->is_empty && size == SINK_FRAME)
		return write_frame(sink, zstd->zeros, zstd->zeros_len, size);
	len = compress(zstd, zstd->out, zstd->out_max, zstd->frame, size);
	if (len == 0)
		return fail(ENOMEM);
	memset(zstd->frame, 0, SINK_FRAME);
	zstd->is_empty = true;
	return write_frame(sink, zstd->out, len, size);
}

int sink_zstd_put(struct sink *sink, uint64_t offset, const void *data, size_t size)
{
	struct sink_zstd *zstd = sink->zstd;
	const char *from = data;

	while (size) {
		uint64_t at = offset - zstd->start;
		size_t n;

		if (at >= SINK_FRAME) {
			if (end_frame(sink) != 0)
				return -1;
			continue;
		}
		n = MIN(size, SINK_FRAME - (size_t)at);
		memcpy(zstd->frame + at, from, n);
		zstd->is_empty = false;
		offset += n;
		from += n;
		size -= n;
	}
	return 0;
}

/* --- The end --- */

static char *put_u32(char *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		*to++ = (char)(value >> 8 * i);
	return to;
}

static int write_table(struct sink *sink)
{
	struct sink_zstd *zstd = sink->zstd;
	size_t len = zstd->frames * sizeof(struct entry);
	char head[SKIPPABLE_HEAD], footer[FOOTER], *p;

	put_u32(put_u32(head, TABLE_MAGIC), (uint32_t)(len + FOOTER));
	p = put_u32(footer, (uint32_t)zstd->frames);
	*p++ = 0; /* no checksums */
	put_u32(p, SEEKABLE_MAGIC);
	for (size_t i = 0; i < zstd->frames; i++) {
		struct entry entry = zstd->table[i];

		p = (char *)&zstd->table[i];
		put_u32(put_u32(p, entry.compressed), entry.size);
	}
	if (sink_write(sink->fd, head, sizeof(head), zstd->place) != 0 ||
		sink_write(sink->fd, zstd->table, len, zstd->place + sizeof(head)) != 0)
		return -1;
	return sink_write(sink->fd, footer, sizeof(footer), zstd->place + sizeof(head) + len);
}

/* What is left of its room is a frame that stands for nothing, and of which nothing is written. */
static int write_head(struct sink *sink, const void *head)
{
	struct sink_zstd *zstd = sink->zstd;
	size_t len = compress(zstd, zstd->out, zstd->out_max, head, sink->head), rest;
	char skippable[SKIPPABLE_HEAD];

	if (len == 0)
		return fail(ENOMEM);
	rest = zstd->room - len;
	put_u32(put_u32(skippable, SKIPPABLE_MAGIC), (uint32_t)(rest - SKIPPABLE_HEAD));
	zstd->table[0] = (struct entry){(uint32_t)len, (uint32_t)sink->head};
	zstd->table[1] = (struct entry){(uint32_t)rest, 0};
	if (sink_write(sink->fd, zstd->out, len, 0) != 0)
		return -1;
	return sink_write(sink->fd, skippable, sizeof(skippable), len);
}

int sink_zstd_finish(struct sink *sink, const void *head)
{
	while (sink->zstd->start < sink->end)
		if (end_frame(sink) != 0)
			return -1;
	return write_head(sink, head) == 0 ? write_table(sink) : -1;
}
