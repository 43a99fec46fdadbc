/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "images.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MARK_NAME "vmevac-quiesced"

/* "lock:\t1: OFDLCK ADVISORY  READ -1 fe:00:10969260 100 101" (lock_get_status(), fs/locks.c). */
bool images_lock_covers(const char *line, size_t len, uint64_t at)
{
	char text[160], end[24];
	uint64_t first, last = UINT64_MAX;

	if (len >= sizeof(text))
		return false;
	memcpy(text, line, len);
	text[len] = '\0';
	if (sscanf(text, "lock: %*u: OFDLCK %*s %*s %*s %*s %" SCNu64 " %23s", &first, end) != 2)
		return false;
	if (strcmp(end, "EOF") != 0 && sscanf(end, "%" SCNu64, &last) != 1)
		return false;
	return first <= at && at <= last;
}

static bool covers(const char *fdinfo, uint64_t at)
{
	for (const char *line = fdinfo; *line;) {
		size_t len = strcspn(line, "\n");

		if (images_lock_covers(line, len, at))
			return true;
		line += len + (line[len] == '\n');
	}
	return false;
}

static bool is_mark(const struct root *root, pid_t pid, unsigned int fd)
{
	char path[64], target[64];

	snprintf(path, sizeof(path), "proc/%d/fd/%u", pid, fd);
	return process_link(root, target, sizeof(target), path) > 0 &&
	       !strncmp(target, "/memfd:" MARK_NAME, sizeof("/memfd:" MARK_NAME) - 1);
}

static int look_at(struct images *images, const struct root *root, pid_t pid, unsigned int fd)
{
	char fdinfo[16384];

	/* Those of inotify and epoll can be longer, and have no locks. */
	if (root_read(root, fdinfo, sizeof(fdinfo), "proc/%d/fdinfo/%u", pid, fd) < 0)
		return errno == ENOENT || errno == EFBIG ? 0 : -1;
	images->marked |= is_mark(root, pid, fd);
	if (images->written == IMAGES_MAX || images->kept == IMAGES_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	if (covers(fdinfo, IMAGE_WRITES))
		images->written_fd[images->written++] = (int)fd;
	if (!covers(fdinfo, IMAGE_KEPT))
		return 0;
	images->latched += covers(fdinfo, IMAGE_FORBIDS_WRITES);
	images->kept_fd[images->kept++] = (int)fd;
	return 0;
}

int images_look(struct images *images, const struct root *root, pid_t pid)
{
	struct process_list fds;
	char path[64];
	unsigned int fd;
	int more, error;

	*images = (struct images){0};
	snprintf(path, sizeof(path), "proc/%d/fd", pid);
	if (process_list_open(&fds, root, path) != 0)
		return -1;
	while ((more = process_list_next(&fds, &fd)) > 0)
		if (look_at(images, root, pid, fd) != 0) {
			more = -1;
			break;
		}
	error = errno;
	process_list_close(&fds);
	errno = error;
	return more < 0 ? -1 : 0;
}

int images_open(const struct root *root, pid_t pid, int fd)
{
	return root_openat(root, O_RDONLY | O_NONBLOCK, "proc/%d/fd/%d", pid, fd);
}

static struct flock lock_of(short type, off_t at)
{
	return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
}

int images_keep(int fd, bool latched)
{
	struct flock kept = lock_of(F_RDLCK, IMAGE_KEPT);
	struct flock latch = lock_of(F_RDLCK, IMAGE_FORBIDS_WRITES);

	if (fcntl(fd, F_OFD_SETLK, &kept) != 0)
		return -1;
	return latched ? fcntl(fd, F_OFD_SETLK, &latch) : 0;
}

bool images_is_written(int fd)
{
	struct flock lock = lock_of(F_WRLCK, IMAGE_WRITES);

	return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

int images_mark(void)
{
	return memfd_create(MARK_NAME, MFD_CLOEXEC);
}
