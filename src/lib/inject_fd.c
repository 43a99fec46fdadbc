/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: descriptors of the process. */
#include "inject.h"
#include "inject_thread.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What recvmsg(2) is given, at scratch. */
struct message {
	struct msghdr header;
	struct iovec data;
	char byte;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
};

static void remember(struct inject *in, int fd)
{
	for (size_t i = 0; fd >= 0 && i < INJECT_FDS_MAX; i++) {
		if (in->fd[i] == fd)
			return;
		if (in->fd[i] < 0) {
			in->fd[i] = fd;
			return;
		}
	}
}

/* What a call that opens something leaves at scratch: the descriptors, or -1 where there is none.
 */
static int read_opened(const struct inject *in, int fd[2])
{
	struct message message;
	int64_t result;

	fd[0] = fd[1] = -1;
	switch (in->opening) {
	case INJECT_OPENS_PAIR:
		return inject_read(in, in->scratch, fd, 2 * sizeof(*fd));
	case INJECT_OPENS_RESULT:
		if (inject_read(in, in->scratch, &result, sizeof(result)) != 0)
			return -1;
		fd[0] = result < 0 ? -1 : (int)result;
		return 0;
	case INJECT_OPENS_MESSAGE:
		if (inject_read(in, in->scratch, &message, sizeof(message)) != 0)
			return -1;
		memcpy(fd, message.control + CMSG_LEN(0), sizeof(*fd));
		return 0;
	default:
		return 0;
	}
}

/* The first of them. */
static int look_at_opened(struct inject *in)
{
	int fd[2];

	if (read_opened(in, fd) != 0)
		fd[0] = fd[1] = -1;
	remember(in, fd[0]);
	remember(in, fd[1]);
	in->opening = INJECT_OPENS_NOTHING;
	return fd[0];
}

void inject_look_at_opened(struct inject *in)
{
	look_at_opened(in);
}

/* What is at scratch until the call comes to its end. */
static int expect(struct inject *in, enum inject_opening opening, const void *data, size_t size)
{
	if (inject_write(in, in->scratch, data, size) != 0)
		return -1;
	in->opening = opening;
	return 0;
}

static int look_at_result(struct inject *in, int64_t result)
{
	if (result >= 0)
		return look_at_opened(in);
	in->opening = INJECT_OPENS_NOTHING;
	return -1;
}

int inject_open_array(struct inject *in, long number, const uint64_t argument[6])
{
	int64_t result = -1;

	if (inject_open_scratch(in) != 0 ||
		expect(in, INJECT_OPENS_RESULT, &result, sizeof(result)) != 0 ||
		inject_keep_result(in, in->scratch) != 0)
		return -1;
	result = inject_call_array(in, number, argument);

	int error = errno;

	/* Where it is traced it has not come to keep it. */
	remember(in, (int)result);
	in->opening = INJECT_OPENS_NOTHING;
	inject_keep_result(in, 0);
	errno = error;
	return (int)result;
}

void inject_close(struct inject *in, int fd)
{
	int error = errno;
	/* Not where ptrace(2) failed: it is tried again before the process goes on. */
	bool was_made =
		inject_call(in, SYS_close, (uint64_t)fd) == 0 || (errno != ESRCH && errno != EPERM);

	for (size_t i = 0; was_made && i < INJECT_FDS_MAX; i++)
		if (in->fd[i] == fd)
			in->fd[i] = -1;
	errno = error;
}

void inject_clean(struct inject *in)
{
	for (size_t i = 0; i < INJECT_FDS_MAX; i++)
		if (in->fd[i] >= 0)
			inject_close(in, in->fd[i]);
	inject_close_scratch(in);
}

int inject_take_fd(const struct inject *in, int fd)
{
	int process = (int)syscall(SYS_pidfd_open, in->pid, 0);

	if (process < 0)
		return -1;

	int mine = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	int error = errno;

	close(process);
	errno = error;
	return mine;
}

static int send_fd(int socket, int fd)
{
	struct message message = {.byte = 0};
	struct cmsghdr *control = (struct cmsghdr *)message.control;

	message.data = (struct iovec){&message.byte, 1};
	message.header = (struct msghdr){.msg_iov = &message.data,
		.msg_iovlen = 1,
		.msg_control = message.control,
		.msg_controllen = sizeof(message.control)};
	*control = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(fd)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(control), &fd, sizeof(fd));
	return sendmsg(socket, &message.header, 0) == 1 ? 0 : -1;
}

/* The message is put at scratch with addresses that are right there. */
static int receive_fd(struct inject *in, int socket)
{
	uint64_t at = in->scratch;
	struct message message = {.byte = 0};

	message.data = (struct iovec){(void *)(uintptr_t)(at + offsetof(struct message, byte)), 1};
	message.header =
		(struct msghdr){.msg_iov = (void *)(uintptr_t)(at + offsetof(struct message, data)),
			.msg_iovlen = 1,
			.msg_control = (void *)(uintptr_t)(at + offsetof(struct message, control)),
			.msg_controllen = sizeof(message.control)};
	memset(message.control, -1, sizeof(message.control));
	if (expect(in, INJECT_OPENS_MESSAGE, &message, sizeof(message)) != 0)
		return -1;
	return look_at_result(in, inject_call(in, SYS_recvmsg, (uint64_t)socket, at,
					  MSG_CMSG_CLOEXEC | MSG_DONTWAIT));
}

/* Through a pair of sockets, of which we take one end. */
static int pass_fd(struct inject *in, const int pair[2], int fd)
{
	int mine = inject_take_fd(in, pair[0]);
	int given = -1;

	if (mine < 0)
		return -1;
	if (send_fd(mine, fd) == 0)
		given = receive_fd(in, pair[1]);

	int error = errno;

	close(mine);
	errno = error;
	return given;
}

int inject_give_fd(struct inject *in, int fd)
{
	int pair[2] = {-1, -1};

	if (inject_open_scratch(in) != 0 || expect(in, INJECT_OPENS_PAIR, pair, sizeof(pair)) != 0)
		return -1;
	pair[0] = look_at_result(in, inject_call(in, SYS_socketpair, AF_UNIX,
					     SOCK_DGRAM | SOCK_CLOEXEC, 0, in->scratch));
	if (pair[0] < 0 || inject_read(in, in->scratch, pair, sizeof(pair)) != 0)
		return -1;

	int given = pass_fd(in, pair, fd);

	inject_close(in, pair[0]);
	inject_close(in, pair[1]);
	return given;
}
