/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "devices.h"
#include "clock.h"
#include "root.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* Of QEMU's migration/savevm.h. */
enum {
	FILE_MAGIC = 0x5145564d,
	FILE_VERSION = 3,
	FILE_HEADER = 8,
	SECTION_DESCRIPTION = 6,
	SECTION_CONFIGURATION = 7,
};

static int put(int fd, const void *data, size_t size, uint64_t timeout_ns)
{
	const char *p = data;
	struct timespec timeout = {
		(time_t)(timeout_ns / CLOCK_SECOND), (long)(timeout_ns % CLOCK_SECOND)};

	while (size > 0) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
		ssize_t n = send(fd, p, size, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0) {
			p += n;
			size -= (size_t)n;
		} else if (errno != EAGAIN && errno != EINTR) {
			return -1;
		} else if (ppoll(&poll_fd, 1, &timeout, NULL) == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
	return 0;
}

/* vmstate_configuration in migration/savevm.c: what tells one machine from another. */
static int put_configuration(int fd, const char *machine, uint64_t timeout_ns)
{
	const unsigned char section = SECTION_CONFIGURATION;
	uint32_t len = htobe32((uint32_t)strlen(machine));

	if (put(fd, &section, 1, timeout_ns) != 0 || put(fd, &len, sizeof(len), timeout_ns) != 0)
		return -1;
	return put(fd, machine, strlen(machine), timeout_ns);
}

/* An empty one; a QEMU that does not wait for it has hung up by then. */
static int put_description(int fd, uint64_t timeout_ns)
{
	static const unsigned char description[] = {SECTION_DESCRIPTION, 0, 0, 0, 0};

	return put(fd, description, sizeof(description), timeout_ns) == 0 || errno == EPIPE ? 0
											    : -1;
}

static int put_rest(const struct kept *devices, int fd, uint64_t timeout_ns)
{
	char piece[16384];

	for (uint64_t at = FILE_HEADER; at < devices->size;) {
		uint64_t left = devices->size - at;
		ssize_t n = read_at(
			devices->fd, piece, left < sizeof(piece) ? left : sizeof(piece), (off_t)at);

		if (n <= 0 || put(fd, piece, (size_t)n, timeout_ns) != 0)
			return -1;
		at += (uint64_t)n;
	}
	return 0;
}

int devices_write(const struct kept *devices, int fd, const char *machine, uint64_t timeout_ns)
{
	uint32_t header[FILE_HEADER / sizeof(uint32_t)];

	if (devices->fd < 0 || read_at(devices->fd, header, sizeof(header), 0) != sizeof(header) ||
		be32toh(header[0]) != FILE_MAGIC || be32toh(header[1]) != FILE_VERSION) {
		errno = EBADMSG;
		return -1;
	}
	if (put(fd, header, sizeof(header), timeout_ns) != 0)
		return -1;
	if (machine && put_configuration(fd, machine, timeout_ns) != 0)
		return -1;
	if (put_rest(devices, fd, timeout_ns) != 0)
		return -1;
	return machine ? put_description(fd, timeout_ns) : 0;
}
