/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk - files of SQLite that lose power when a test says so.
 *
 *	disk_open();                        every database is on it from now on
 *	disk.power = 100;                   the 100th byte is the last that is written
 *	... write ...                       fails from then on
 *	disk_lose_power(DISK_LOST, 0);      what was not synced is gone, the power is back
 *
 * A file has what was written and what is safe; xSync() makes them the same.  That a file was
 * created is safe once it was synced (the unix VFS syncs the folder then), that it was deleted
 * when xDelete() was asked to sync, or else never.
 */
#ifndef MEMPATROL_DISK_H
#define MEMPATROL_DISK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DISK_FILES = 4,
	DISK_FILE_MAX = 1 << 17,
	DISK_SECTOR = 512, /* what a disk writes whole or not at all */
};

struct disk_content {
	bool exists;
	size_t size;
	unsigned char bytes[DISK_FILE_MAX]; /* 0 from size on */
};

struct disk_file {
	char name[64];
	struct disk_content written, safe;
};

static struct {
	struct disk_file file[DISK_FILES];
	uint64_t power; /* bytes and other changes until the loss of power */
	uint64_t used;
} disk;

/* What of the changes that were not synced is there afterwards. */
enum disk_loss {
	DISK_KEPT,  /* all, as if the program only had been killed */
	DISK_LOST,  /* none */
	DISK_MIXED, /* any of its sectors, by SEED */
};

/* What is behind a file's end is 0, so that it need not be copied. */
static inline void disk_copy(struct disk_content *to, const struct disk_content *from)
{
	if (to->size > from->size)
		memset(to->bytes + from->size, 0, to->size - from->size);
	memcpy(to->bytes, from->bytes, from->size);
	to->size = from->size;
	to->exists = from->exists;
}

static inline void disk_empty(struct disk_content *content)
{
	static const struct disk_content nothing;

	disk_copy(content, &nothing);
}

/* As many of the next N steps as there is power for. */
static inline uint64_t disk_spend(uint64_t n)
{
	uint64_t left = disk.power - disk.used;

	if (n > left)
		n = left;
	disk.used += n;
	return n;
}

static inline struct disk_file *disk_find(const char *name, bool create)
{
	for (int i = 0; i < DISK_FILES; i++)
		if (!strcmp(disk.file[i].name, name))
			return &disk.file[i];
	for (int i = 0; create && i < DISK_FILES; i++)
		if (!disk.file[i].name[0]) {
			snprintf(disk.file[i].name, sizeof(disk.file[i].name), "%s", name);
			return &disk.file[i];
		}
	return NULL;
}

/* Put LEN bytes into a new file NAME, safely. */
static inline void disk_put(const char *name, const void *bytes, size_t len)
{
	struct disk_file *file = disk_find(name, true);

	if (!file || len > DISK_FILE_MAX)
		abort();
	disk_empty(&file->written);
	memcpy(file->written.bytes, bytes, len);
	file->written.size = len;
	file->written.exists = true;
	disk_copy(&file->safe, &file->written);
}

static inline uint64_t disk_hash(uint64_t n)
{
	n = (n ^ n >> 31) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return n ^ n >> 32;
}

static inline void disk_mix(struct disk_file *file, uint64_t seed)
{
	struct disk_content *safe = &file->safe, *written = &file->written;
	size_t end = safe->size > written->size ? safe->size : written->size;

	for (size_t at = 0; at < end; at += DISK_SECTOR)
		if (disk_hash(seed + at) & 1)
			memcpy(safe->bytes + at, written->bytes + at, DISK_SECTOR);
	if (disk_hash(seed + 1) & 1)
		safe->size = written->size;
	if (disk_hash(seed + 2) & 1)
		safe->exists = written->exists;
	if (safe->size < end)
		memset(safe->bytes + safe->size, 0, end - safe->size);
}

static inline void disk_lose_power(enum disk_loss loss, uint64_t seed)
{
	for (int i = 0; i < DISK_FILES; i++) {
		struct disk_file *file = &disk.file[i];

		if (loss == DISK_KEPT)
			continue;
		if (loss == DISK_MIXED)
			disk_mix(file, seed + (uint64_t)i * DISK_FILE_MAX);
		disk_copy(&file->written, &file->safe);
	}
	disk.used = 0;
	disk.power = UINT64_MAX;
}

/* --- What SQLite calls --- */

struct disk_handle {
	sqlite3_file base;
	struct disk_file *file;
};

static inline struct disk_content *disk_written(sqlite3_file *handle)
{
	return &((struct disk_handle *)handle)->file->written;
}

static inline int disk_close(sqlite3_file *handle)
{
	(void)handle;
	return SQLITE_OK;
}

static inline int disk_read(sqlite3_file *handle, void *buffer, int n, sqlite3_int64 offset)
{
	const struct disk_content *content = disk_written(handle);
	size_t at = (size_t)offset, len = (size_t)n, there;

	there = at < content->size ? content->size - at : 0;
	if (there > len)
		there = len;
	memset(buffer, 0, len);
	memcpy(buffer, content->bytes + (there ? at : 0), there);
	return there == len ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static inline int disk_write(sqlite3_file *handle, const void *buffer, int n, sqlite3_int64 offset)
{
	struct disk_content *content = disk_written(handle);
	size_t at = (size_t)offset, len;

	if (at + (size_t)n > DISK_FILE_MAX)
		return SQLITE_FULL;
	len = (size_t)disk_spend((uint64_t)n);
	memcpy(content->bytes + at, buffer, len);
	if (len && at + len > content->size)
		content->size = at + len;
	return len == (size_t)n ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static inline int disk_truncate(sqlite3_file *handle, sqlite3_int64 size)
{
	struct disk_content *content = disk_written(handle);

	if (!disk_spend(1))
		return SQLITE_IOERR_TRUNCATE;
	if ((size_t)size < content->size)
		memset(content->bytes + size, 0, content->size - (size_t)size);
	content->size = (size_t)size;
	return SQLITE_OK;
}

static inline int disk_sync(sqlite3_file *handle, int flags)
{
	struct disk_file *file = ((struct disk_handle *)handle)->file;

	(void)flags;
	if (!disk_spend(1))
		return SQLITE_IOERR_FSYNC;
	disk_copy(&file->safe, &file->written);
	return SQLITE_OK;
}

static inline int disk_file_size(sqlite3_file *handle, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)disk_written(handle)->size;
	return SQLITE_OK;
}

static inline int disk_lock(sqlite3_file *handle, int lock)
{
	(void)handle, (void)lock;
	return SQLITE_OK;
}

static inline int disk_check_lock(sqlite3_file *handle, int *out)
{
	(void)handle;
	*out = 0;
	return SQLITE_OK;
}

static inline int disk_control(sqlite3_file *handle, int op, void *argument)
{
	(void)handle, (void)op, (void)argument;
	return SQLITE_NOTFOUND;
}

static inline int disk_sector_size(sqlite3_file *handle)
{
	(void)handle;
	return DISK_SECTOR;
}

static inline int disk_characteristics(sqlite3_file *handle)
{
	(void)handle;
	return 0;
}

static inline int disk_open_file(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *handle, int flags, int *out_flags)
{
	static const sqlite3_io_methods methods = {1, disk_close, disk_read, disk_write,
		disk_truncate, disk_sync, disk_file_size, disk_lock, disk_lock, disk_check_lock,
		disk_control, disk_sector_size, disk_characteristics, NULL, NULL, NULL, NULL, NULL,
		NULL};
	struct disk_file *file = disk_find(name, flags & SQLITE_OPEN_CREATE);

	(void)vfs;
	handle->pMethods = NULL;
	if (!file || (!file->written.exists && !(flags & SQLITE_OPEN_CREATE)))
		return SQLITE_CANTOPEN;
	if (!file->written.exists && !disk_spend(1))
		return SQLITE_CANTOPEN;
	file->written.exists = true;
	((struct disk_handle *)handle)->file = file;
	handle->pMethods = &methods;
	if (out_flags)
		*out_flags = flags;
	return SQLITE_OK;
}

static inline int disk_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	struct disk_file *file = disk_find(name, false);

	(void)vfs;
	if (!file || !file->written.exists)
		return SQLITE_IOERR_DELETE_NOENT;
	if (!disk_spend(1))
		return SQLITE_IOERR_DELETE;
	disk_empty(&file->written);
	if (!sync)
		return SQLITE_OK;
	/* Gone, but for its folder: another step. */
	if (!disk_spend(1))
		return SQLITE_IOERR_DIR_FSYNC;
	disk_copy(&file->safe, &file->written);
	return SQLITE_OK;
}

static inline int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	const struct disk_file *file = disk_find(name, false);

	(void)vfs, (void)flags;
	*out = file && file->written.exists;
	return SQLITE_OK;
}

static inline int disk_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)size, "%s", name);
	return SQLITE_OK;
}

/* Always the same: every run is like every other. */
static inline int disk_randomness(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	memset(out, 7, (size_t)n);
	return n;
}

static inline int disk_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static inline int disk_time(sqlite3_vfs *vfs, double *out)
{
	(void)vfs;
	*out = 2461367;
	return SQLITE_OK;
}

/* Forget all files, and have power for ever. */
static inline void disk_clear(void)
{
	for (int i = 0; i < DISK_FILES; i++) {
		disk_empty(&disk.file[i].written);
		disk_empty(&disk.file[i].safe);
		disk.file[i].name[0] = '\0';
	}
	disk.used = 0;
	disk.power = UINT64_MAX;
}

static inline void disk_open(void)
{
	static sqlite3_vfs vfs = {.iVersion = 1,
		.szOsFile = sizeof(struct disk_handle),
		.mxPathname = 60,
		.zName = "disk",
		.xOpen = disk_open_file,
		.xDelete = disk_delete,
		.xAccess = disk_access,
		.xFullPathname = disk_full_path,
		.xRandomness = disk_randomness,
		.xSleep = disk_sleep,
		.xCurrentTime = disk_time};

	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		abort();
	disk_clear();
}

#endif
