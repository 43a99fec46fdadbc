/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uffd.h"

#include <errno.h>
#include <fcntl.h>
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
