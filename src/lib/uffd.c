/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uffd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Faults of the kernel itself are not ours to see; without this it takes a privilege. */
enum { FLAGS = O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY };

int uffd_features(uint64_t *out)
{
	struct uffdio_api api = {.api = UFFD_API};
	int uffd = (int)syscall(SYS_userfaultfd, FLAGS);

	if (uffd < 0)
		return -1;

	int result = ioctl(uffd, UFFDIO_API, &api);
	int error = errno;

	close(uffd);
	errno = error;
	*out = api.features;
	return result;
}

static int agree_on(int uffd, uint64_t features)
{
	struct uffdio_api api = {.api = UFFD_API, .features = features};

	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) == 0)
		return uffd;

	int error = errno;

	close(uffd);
	errno = error;
	return -1;
}

int uffd_open_in(struct inject *in, uint64_t features)
{
	int theirs = inject_open(in, SYS_userfaultfd, FLAGS);

	if (theirs < 0)
		return -1;

	int mine = agree_on(inject_take_fd(in, theirs), features);

	inject_close(in, theirs);
	return mine;
}

/* By the device, where a process without privileges may not by the call. */
static int open_by_device(struct inject *in)
{
	int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC), there;
	int64_t theirs = -1;

	if (device < 0)
		return -1;
	there = inject_give_fd(in, device);
	if (there >= 0) {
		theirs = inject_call(in, SYS_ioctl, (uint64_t)there, USERFAULTFD_IOC_NEW,
			O_CLOEXEC | O_NONBLOCK);
		inject_close(in, there);
	}

	int error = errno;

	close(device);
	errno = error;
	return (int)theirs;
}

int uffd_leave_in(struct inject *in, uint64_t features, int *theirs)
{
	*theirs = (int)inject_call(in, SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (*theirs < 0 && errno == EPERM)
		*theirs = open_by_device(in);
	if (*theirs < 0)
		return -1;

	int mine = agree_on(inject_take_fd(in, *theirs), features);

	if (mine < 0)
		inject_close(in, *theirs);
	return mine;
}

int uffd_find_in(const struct root *root, pid_t pid, int *theirs)
{
	const struct inject in = {.root = root, .pid = pid};
	DIR *fds = root_opendir(root, "proc/%d/fd", pid);
	const struct dirent *fd;
	char link[64];

	*theirs = -1;
	if (!fds)
		return -1;
	while (*theirs < 0 && (fd = readdir(fds))) {
		ssize_t len = readlinkat(dirfd(fds), fd->d_name, link, sizeof(link));

		if (len > 0 && memmem(link, (size_t)len, "[userfaultfd]", 13))
			*theirs = atoi(fd->d_name);
	}
	closedir(fds);
	errno = ENOENT;
	return *theirs < 0 ? -1 : inject_take_fd(&in, *theirs);
}

int uffd_register(int uffd, uint64_t start, uint64_t size, uint64_t mode)
{
	struct uffdio_register order = {.range = {start, size}, .mode = mode};

	return ioctl(uffd, UFFDIO_REGISTER, &order);
}

int uffd_unregister(int uffd, uint64_t start, uint64_t size)
{
	struct uffdio_range range = {start, size};

	return ioctl(uffd, UFFDIO_UNREGISTER, &range);
}

/* EAGAIN: the mapping changed under the kernel, which did a part, if any. */
static bool is_to_go_on(int64_t done, uint64_t *start, uint64_t *size)
{
	if (errno != EAGAIN)
		return false;
	if (done > 0) {
		*start += (uint64_t)done;
		*size -= (uint64_t)done;
	}
	return true;
}

int uffd_poison(int uffd, uint64_t start, uint64_t size)
{
	struct uffdio_poison order;

	do {
		order = (struct uffdio_poison){.range = {start, size}};
		if (ioctl(uffd, UFFDIO_POISON, &order) == 0)
			return 0;
	} while (is_to_go_on(order.updated, &start, &size) && size);
	return size ? -1 : 0;
}

int uffd_copy(int uffd, uint64_t start, const void *data, uint64_t size)
{
	uint64_t from = (uintptr_t)data;
	struct uffdio_copy order;

	do {
		order = (struct uffdio_copy){.dst = start, .src = from, .len = size};
		if (ioctl(uffd, UFFDIO_COPY, &order) == 0)
			return 0;
		from += order.copy > 0 ? (uint64_t)order.copy : 0;
	} while (is_to_go_on(order.copy, &start, &size) && size);
	return size ? -1 : 0;
}

int uffd_continue(int uffd, uint64_t start, uint64_t size)
{
	struct uffdio_continue order;

	do {
		order = (struct uffdio_continue){.range = {start, size}};
		if (ioctl(uffd, UFFDIO_CONTINUE, &order) == 0)
			return 0;
	} while (is_to_go_on(order.mapped, &start, &size) && size);
	return size ? -1 : 0;
}

int uffd_wake(int uffd, uint64_t start, uint64_t size)
{
	struct uffdio_range range = {start, size};

	return ioctl(uffd, UFFDIO_WAKE, &range);
}
