/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "virsh.h"
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* What one of virsh's outputs is read into. */
struct stream {
	int fd;
	char *text;
	size_t size, len;
	bool full;
};

/* A virsh that runs. */
struct run {
	pid_t pid;
	int pidfd;
	struct stream out, error;
};

static __attribute__((format(printf, 3, 4))) int fail(
	struct virsh *virsh, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(virsh->why, sizeof(virsh->why), format, args);
	va_end(args);
	errno = error;
	return -1;
}

/* --- The command --- */

/* virsh parses its one operand into commands; what is in single quotes it leaves alone. */
static char *compose(const char *uuid, const char *const *lines, size_t count)
{
	char *command = NULL;
	size_t size;
	FILE *stream = open_memstream(&command, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "qemu-monitor-command %s --hmp '%s';", uuid, lines[i]);
	if (fclose(stream) == 0)
		return command;
	free(command);
	return NULL;
}

static bool is_fit(const char *uuid, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strpbrk(lines[i], "'\"\\"))
			return false;
	return *uuid && !uuid[strspn(uuid, "0123456789abcdef-")];
}

/* In a group of its own, to be killed with what it starts: a connection may be through ssh. */
static int spawn(char *const *argv, int out, int error, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int result;

	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, error, STDERR_FILENO);
	result = posix_spawnp(pid, argv[0], &files, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return result;
}

static int spawn_virsh(const char *command, int out, int error, pid_t *pid)
{
	const char *uri = getenv("LIBVIRT_DEFAULT_URI");
	char *argv[] = {"virsh", "-q", "-c", (char *)(uri && *uri ? uri : "qemu:///system"),
		(char *)command, NULL};

	return spawn(argv, out, error, pid);
}

/* --- Its life --- */

/* Also when it has ended: what it has left behind would live on. */
static void kill_and_reap(struct run *run, int *status)
{
	kill(-run->pid, SIGKILL);
	while (waitpid(run->pid, status, 0) < 0 && errno == EINTR) {
	}
	if (run->pidfd >= 0)
		close(run->pidfd);
}

static int start(struct run *run, const char *command)
{
	int out[2], error[2], result;

	if (pipe2(out, O_CLOEXEC) != 0)
		return errno;
	if (pipe2(error, O_CLOEXEC) != 0) {
		result = errno;
		close(out[0]);
		close(out[1]);
		return result;
	}
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(error[0], F_SETFL, O_NONBLOCK);
	result = spawn_virsh(command, out[1], error[1], &run->pid);
	close(out[1]);
	close(error[1]);
	run->out.fd = out[0];
	run->error.fd = error[0];
	return result;
}

/* One read, for who never stops to write must not keep us; true when more may be taken. */
static bool fill(struct stream *stream)
{
	char excess[4096];
	size_t room = stream->size - 1 - stream->len;
	ssize_t n = stream->fd < 0 ? -1
				   : read(stream->fd, room ? stream->text + stream->len : excess,
					     room ? room : sizeof(excess));

	if (n == 0) {
		close(stream->fd);
		stream->fd = -1;
	}
	if (n <= 0)
		return false;
	stream->full = !room;
	stream->len += room ? (size_t)n : 0;
	stream->text[stream->len] = '\0';
	return room;
}

/* Until virsh has ended; whoever else may still hold its outputs is not waited for. */
static int follow(struct run *run, uint64_t deadline)
{
	for (;;) {
		struct pollfd fds[] = {{.fd = run->pidfd, .events = POLLIN},
			{.fd = run->out.fd, .events = POLLIN},
			{.fd = run->error.fd, .events = POLLIN}};
		uint64_t now = clock_now();

		if (now >= deadline)
			return ETIMEDOUT;

		uint64_t left = deadline - now;
		struct timespec wait = {(time_t)(left / CLOCK_SECOND), (long)(left % CLOCK_SECOND)};

		if (ppoll(fds, 3, &wait, NULL) < 0 && errno != EINTR)
			return errno;
		fill(&run->out);
		fill(&run->error);
		if (run->out.full || fds[0].revents)
			return 0;
	}
}

static int run_to_end(struct run *run, const char *command, uint64_t deadline, int *status)
{
	int error = start(run, command);

	if (error == 0) {
		run->pidfd = pidfd_open(run->pid, 0);
		error = run->pidfd < 0 ? errno : follow(run, deadline);
		kill_and_reap(run, status);
		while (fill(&run->out)) {
		}
		while (fill(&run->error)) {
		}
	}
	if (run->out.fd >= 0)
		close(run->out.fd);
	if (run->error.fd >= 0)
		close(run->error.fd);
	return error == 0 && run->out.full ? EMSGSIZE : error;
}

/* --- What came of it --- */

/* What virsh said, as one line: "error: failed to connect\nerror: Permission denied\n". */
static int refuse(struct virsh *virsh, char *said)
{
	static const char prefix[] = "error: ";
	FILE *why = fmemopen(virsh->why, sizeof(virsh->why), "w");
	bool some = false;

	if (!why)
		return fail(virsh, errno, "%s", strerror(errno));
	for (char *line; (line = strsep(&said, "\n"));) {
		if (!strncmp(line, prefix, sizeof(prefix) - 1))
			line += sizeof(prefix) - 1;
		if (!*line)
			continue;
		for (char *p = line; *p; p++)
			if ((unsigned char)*p < ' ')
				*p = ' ';
		fprintf(why, "%s%s", some ? ": " : "", line);
		some = true;
	}
	if (!some)
		fputs("virsh failed without a reason", why);
	fclose(why);
	virsh->why[sizeof(virsh->why) - 1] = '\0';
	errno = EREMOTEIO;
	return -1;
}

int virsh_monitor(struct virsh *virsh, const char *uuid, const char *const *lines, size_t count,
	char *text, size_t size)
{
	char said[1024] = "";
	struct run run = {.pidfd = -1,
		.out = {.fd = -1, .text = text, .size = size},
		.error = {.fd = -1, .text = said, .size = sizeof(said)}};
	int status = -1;

	text[0] = '\0';
	if (!is_fit(uuid, lines, count))
		return fail(virsh, EINVAL, "it has no UUID that libvirt would know it by");
	if (!virsh->deadline)
		virsh->deadline = clock_now() + virsh->timeout_ns;

	char *command = compose(uuid, lines, count);
	int error = command ? run_to_end(&run, command, virsh->deadline, &status) : errno;

	free(command);
	if (error == ETIMEDOUT)
		return fail(
			virsh, error, "no answer in %" PRIu64 " ms", virsh->timeout_ns / 1000000);
	if (error == EMSGSIZE)
		return fail(virsh, error, "an answer of more than %zu bytes", size - 1);
	if (error)
		return fail(virsh, error, "run virsh: %s", strerror(error));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : refuse(virsh, said);
}
