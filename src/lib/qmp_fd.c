/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qmp_fd.h"

#include <string.h>
#include <sys/socket.h>

/* A blank between messages means nothing; the descriptor that comes with it waits for its taker. */
int qmp_send_fd(struct qmp *qmp, int fd)
{
	union {
		char buffer[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
			     .cmsg_level = SOL_SOCKET,
			     .cmsg_type = SCM_RIGHTS}};
	char blank = ' ';
	struct iovec data = {&blank, 1};
	struct msghdr message = {.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.buffer)};

	qmp->why[0] = '\0';
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(qmp->fd, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int qmp_park_fd(struct qmp *qmp, int fd, const char *name)
{
	if (qmp_send_fd(qmp, fd) != 0)
		return -1;
	return qmp_execute_with(qmp, "getfd", json_pack("{s:s}", "fdname", name), NULL);
}
