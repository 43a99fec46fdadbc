/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int root_open(struct root *root, const char *dir)
{
	if (!dir)
		dir = "/";
	root->captured = strcmp(dir, "/") != 0;
	root->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root->fd < 0 ? -1 : 0;
}

void root_close(struct root *root)
{
	close(root->fd);
	root->fd = -1;
}

static int open_va(const struct root *root, int flags, const char *path, va_list args)
{
	char name[PATH_MAX];
	int n = vsnprintf(name, sizeof(name), path, args);

	if (n < 0 || n >= (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	/*
	 * RESOLVE_IN_ROOT also forbids the magic links of /proc/PID/fd and
	 * map_files (openat2(2)): right for a captured tree, wrong for the real one.
	 */
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = root->captured ? RESOLVE_IN_ROOT : 0,
	};

	return (int)syscall(SYS_openat2, root->fd, name, &how, sizeof(how));
}

int root_openat(const struct root *root, int flags, const char *path, ...)
{
	va_list args;

	va_start(args, path);
	int fd = open_va(root, flags, path, args);
	va_end(args);
	return fd;
}

DIR *root_opendir(const struct root *root, const char *path, ...)
{
	va_list args;

	va_start(args, path);
	int fd = open_va(root, O_RDONLY | O_DIRECTORY, path, args);
	va_end(args);
	if (fd < 0)
		return NULL;

	DIR *dir = fdopendir(fd);

	if (!dir)
		close(fd);
	return dir;
}

static ssize_t read_va(
	const struct root *root, char *buffer, size_t size, const char *path, va_list args)
{
	int fd = open_va(root, O_RDONLY, path, args);
	size_t len = 0;

	if (fd < 0)
		return -1;
	while (len < size) {
		ssize_t n = read(fd, buffer + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int error = errno;

			close(fd);
			errno = error;
			buffer[len] = '\0';
			return n < 0 ? -1 : (ssize_t)len;
		}
		len += (size_t)n;
	}
	close(fd);
	errno = EFBIG;
	return -1;
}

ssize_t root_read(const struct root *root, char *buffer, size_t size, const char *path, ...)
{
	va_list args;

	va_start(args, path);
	ssize_t n = read_va(root, buffer, size, path, args);
	va_end(args);
	return n;
}

static int parse_u64(const char *text, size_t len, unsigned int base, uint64_t *out)
{
	uint64_t value = 0;

	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	if (len == 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		unsigned int digit = (unsigned char)text[i] - (unsigned int)'0';

		if (digit > 9 && text[i] >= 'a')
			digit = (unsigned char)text[i] - (unsigned int)'a' + 10;
		else if (digit > 9)
			return -1;
		if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
			__builtin_add_overflow(value, digit, &value))
			return -1;
	}
	*out = value;
	return 0;
}

int root_read_u64(const struct root *root, int base, uint64_t *out, const char *path, ...)
{
	char text[64];
	va_list args;

	va_start(args, path);
	ssize_t n = read_va(root, text, sizeof(text), path, args);
	va_end(args);
	if (n < 0 && errno == EFBIG)
		errno = EBADMSG; /* no number is that long */
	if (n < 0)
		return -1;
	if (parse_u64(text, (size_t)n, (unsigned int)base, out) != 0) {
		errno = EBADMSG;
		return -1;
	}
	return 0;
}

int root_write(const struct root *root, const char *text, const char *path, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, path);
	int fd = open_va(root, O_WRONLY | O_TRUNC, path, args);
	va_end(args);
	if (fd < 0)
		return -1;

	ssize_t n = write(fd, text, len);
	int error = n < 0 ? errno : EIO;

	close(fd);
	errno = error;
	return n == (ssize_t)len ? 0 : -1;
}

ssize_t read_at(int fd, void *buffer, size_t size, off_t offset)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = pread(fd, (char *)buffer + len, size - len, offset + (off_t)len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}
