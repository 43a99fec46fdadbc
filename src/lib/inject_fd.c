/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: descriptors of the process. */
#include "inject.h"
#include "inject_arch.h"
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
	for (size_t i = 0; i < INJECT_FDS_MAX; i++)
		if (in->fd[i] < 0) {
			in->fd[i] = fd;
			return;
		}
}

/* The descriptor that came with the message at scratch, or -1. */
static int received(const struct inject *in)
{
	struct message message;
	int fd;

	if (inject_read(in, in->scratch, &message, sizeof(message)) != 0)
		return -1;
	memcpy(&fd, message.control + CMSG_LEN(0), sizeof(fd));
	return fd;
}

/* Remember what a call with this RESULT opened, and return the first of it. */
static int look_at_opened(struct inject *in, int64_t result)
{
	enum inject_opening opening = in->opening;
	int fd[2] = {(int)result, -1};

	if (result >= 0 && opening == INJECT_OPENS_MESSAGE)
		fd[0] = received(in);
	else if (result >= 0 && opening == INJECT_OPENS_PAIR &&
		 inject_read(in, in->scratch, fd, sizeof(fd)) != 0)
		fd[0] = -1;
	for (int i = 0; i < 2; i++)
		if (result >= 0 && fd[i] >= 0)
			remember(in, fd[i]);
	in->opening = INJECT_OPENS_NOTHING;
	return result < 0 ? -1 : fd[0];
}

void inject_look_at_opened(struct inject *in)
{
	struct user_regs_struct registers;

	if (in->opening == INJECT_OPENS_NOTHING ||
		inject_get_registers(in->caller, &registers) != 0)
		return;
	/* Death may have come before the call. */
	if (inject_arch_mark(&registers) == in->mark && inject_arch_is_in_call(&registers))
		look_at_opened(in, inject_arch_result(&registers));
	in->opening = INJECT_OPENS_NOTHING;
}

int inject_open_array(struct inject *in, long number, const uint64_t argument[6])
{
	in->opening = INJECT_OPENS_RESULT;
	return look_at_opened(in, inject_call_array(in, number, argument));
}

void inject_close(struct inject *in, int fd)
{
	int error = errno;

	inject_call(in, SYS_close, (uint64_t)fd);
	for (size_t i = 0; i < INJECT_FDS_MAX; i++)
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
	if (inject_write(in, at, &message, sizeof(message)) != 0)
		return -1;
	in->opening = INJECT_OPENS_MESSAGE;
	return look_at_opened(in, inject_call(in, SYS_recvmsg, (uint64_t)socket, at,
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
	int pair[2];

	if (inject_open_scratch(in) != 0)
		return -1;
	in->opening = INJECT_OPENS_PAIR;
	pair[0] = look_at_opened(in, inject_call(in, SYS_socketpair, AF_UNIX,
					     SOCK_DGRAM | SOCK_CLOEXEC, 0, in->scratch));
	if (pair[0] < 0 || inject_read(in, in->scratch, pair, sizeof(pair)) != 0)
		return -1;

	int given = pass_fd(in, pair, fd);

	inject_close(in, pair[0]);
	inject_close(in, pair[1]);
	return given;
}
