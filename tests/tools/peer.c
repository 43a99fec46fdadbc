/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peer - play the other end of a UNIX socket, step by step
 *
 *	peer SOCKET STEP...
 *
 * accept        wait for somebody to connect
 * send=TEXT     send TEXT and an end of line
 * part=TEXT     send TEXT alone
 * flood=N       send N bytes without an end of line, or as many as are taken
 * repeat=TEXT   send TEXT and an end of line for as long as they are taken
 * drip=TEXT     send TEXT for as long as it is taken, 100 times a second
 * await=TEXT    read until TEXT has come
 * close         hang up
 * gone          read until the other end hangs up
 * print=TEXT    write TEXT and an end of line to standard output
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listening, fd = -1;

static void do_accept(const char *text)
{
	(void)text;
	fd = accept(listening, NULL, NULL);
}

static void do_part(const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		perror("peer: send");
}

static void do_send(const char *text)
{
	do_part(text);
	do_part("\r\n");
}

static void do_flood(const char *text)
{
	static char block[4096];
	long left = strtol(text, NULL, 10);

	memset(block, 'x', sizeof(block));
	while (left > 0 && write(fd, block, sizeof(block)) > 0)
		left -= (long)sizeof(block);
}

static void do_repeat(const char *text)
{
	char line[4096];
	int len = snprintf(line, sizeof(line), "%s\r\n", text);

	while (write(fd, line, (size_t)len) > 0)
		;
}

static void do_drip(const char *text)
{
	while (write(fd, text, strlen(text)) > 0)
		usleep(10000);
}

static void do_await(const char *text)
{
	static char got[65536];
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && !memmem(got, len, text, strlen(text))) {
		n = read(fd, got + len, sizeof(got) - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (n <= 0)
		fprintf(stderr, "peer: no %s came\n", text);
}

static void do_close(const char *text)
{
	(void)text;
	close(fd);
}

static void do_gone(const char *text)
{
	char block[4096];

	(void)text;
	while (read(fd, block, sizeof(block)) > 0)
		;
	close(fd);
}

static void do_print(const char *text)
{
	puts(text);
	fflush(stdout);
}

static const struct {
	const char *name;
	void (*run)(const char *text);
} steps[] = {
	{"accept", do_accept},
	{"send", do_send},
	{"part", do_part},
	{"flood", do_flood},
	{"repeat", do_repeat},
	{"drip", do_drip},
	{"await", do_await},
	{"close", do_close},
	{"gone", do_gone},
	{"print", do_print},
};

static void run_step(const char *step)
{
	size_t len = strcspn(step, "=");

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (strlen(steps[i].name) == len && strncmp(step, steps[i].name, len) == 0)
			steps[i].run(step[len] ? step + len + 1 : "");
}

/* Who sees the socket can connect to it: it is not there before somebody listens. */
static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s.new", path);
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listening, (struct sockaddr *)&address, sizeof(address)) != 0 ||
		listen(listening, 8) != 0)
		return -1;
	return rename(address.sun_path, path);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	if (listen_at(argv[1]) != 0) {
		perror("peer: listen");
		return 3;
	}
	for (int i = 2; i < argc; i++)
		run_step(argv[i]);
	return 0;
}
