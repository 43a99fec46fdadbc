/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qmp_gate - stand between a QEMU and whoever speaks with it
 *
 *	qmp_gate SOCKET QEMU-SOCKET WORD SIGNAL PID
 *
 * Hands on everything in both directions, descriptors too, from one peer after the other.
 * Before it hands on the first message to QEMU that has WORD in it, it sends SIGNAL to PID.
 */
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *word;
static int signal_number;
static pid_t pid;

static int open_socket(const char *path, int (*use)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || use(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

static void watch(const char *data, size_t len)
{
	if (!word || !memmem(data, len, word, strlen(word)))
		return;
	word = NULL;
	kill(pid, signal_number);
}

/* What can be read from FROM, to TO; 0 at the end. */
static int hand_on(int from, int to, int watched)
{
	char data[65536], control[256];
	struct iovec iov = {data, sizeof(data)};
	struct msghdr message = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(from, &message, 0);

	if (n <= 0)
		return 0;
	if (watched)
		watch(data, (size_t)n);
	iov.iov_len = (size_t)n;
	n = sendmsg(to, &message, MSG_NOSIGNAL);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
		close(*(int *)CMSG_DATA(c));
	return n > 0;
}

static void serve(int client, int qemu)
{
	struct pollfd fds[] = {{client, POLLIN, 0}, {qemu, POLLIN, 0}};

	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents && !hand_on(client, qemu, 1))
			break;
		if (fds[1].revents && !hand_on(qemu, client, 0))
			break;
	}
	close(client);
	close(qemu);
}

int main(int argc, char **argv)
{
	char unseen[PATH_MAX];
	int listening;

	if (argc != 6)
		return 2;
	word = argv[3];
	signal_number = atoi(argv[4]);
	pid = atoi(argv[5]);
	snprintf(unseen, sizeof(unseen), "%s.new", argv[1]);
	listening = open_socket(unseen, bind);
	if (listen(listening, 1) != 0 || rename(unseen, argv[1]) != 0) {
		perror(argv[1]);
		return 1;
	}
	for (;;) {
		int client = accept(listening, NULL, NULL);

		if (client >= 0)
			serve(client, open_socket(argv[2], connect));
	}
}
