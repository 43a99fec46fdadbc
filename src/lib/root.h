/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * root - the one door to /proc, /sys and /dev.
 *
 * Programs never build a path of those trees by hand: they name a path below
 * a root, "/" on a live system or a tree made by tools/capture-root
 * (--sysroot DIR), so that every run can be repeated from a captured tree.
 * Below any root but "/" no symbolic link leads out of it.
 *
 * Paths are printf formats without a leading slash: "proc/%d/maps".
 * All functions return -1 with errno set on failure.
 */
#ifndef MEMPATROL_ROOT_H
#define MEMPATROL_ROOT_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct root {
	int fd;       /* the root directory */
	int captured; /* a tree of files rather than the running kernel */
};

/* root_open - start at directory DIR, "/" when NULL. */
int root_open(struct root *root, const char *dir);

void root_close(struct root *root);

/* root_openat - open(2) a path with FLAGS (O_CLOEXEC is added). */
int root_openat(const struct root *root, int flags, const char *path, ...)
	__attribute__((format(printf, 3, 4)));

/* root_opendir - a path as a directory stream, NULL on failure. */
DIR *root_opendir(const struct root *root, const char *path, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * root_read - the whole of a small text file, NUL-terminated.
 *
 * Reads to the end of the file (st_size means nothing in /proc and /sys).
 * Returns the length; -1 with EFBIG when it does not fit in SIZE - 1 bytes.
 */
ssize_t root_read(const struct root *root, char *buffer, size_t size, const char *path, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * root_read_u64 - a file that holds one unsigned number, such as "4096\n".
 * BASE 10, or 16 for files without 0x (memory/block_size_bytes).
 * -1 with EBADMSG when it holds anything else.
 */
int root_read_u64(const struct root *root, int base, uint64_t *out, const char *path, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * root_write - TEXT to a file that is there, in one write(2): a control of the kernel's.
 * 0, or -1 with errno: the kernel's answer.
 */
int root_write(const struct root *root, const char *text, const char *path, ...)
	__attribute__((format(printf, 3, 4)));

/* read_at - pread(2) until SIZE bytes or the end of the file; the bytes read, or -1. */
ssize_t read_at(int fd, void *buffer, size_t size, off_t offset);

#endif
