/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qmp.h"
#include "clock.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Say why; the connection is of no use any more, as nobody knows what comes next on it. */
static __attribute__((format(printf, 3, 4))) int leave(
	struct qmp *qmp, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(qmp->why, sizeof(qmp->why), format, args);
	va_end(args);
	qmp_close(qmp);
	errno = error;
	return -1;
}

/* The words for what ended a wait or a transfer. */
static int leave_errno(struct qmp *qmp, int error, const char *what)
{
	switch (error) {
	case ETIMEDOUT:
		return leave(
			qmp, error, "no %s in %" PRIu64 " ms", what, qmp->timeout_ns / 1000000);
	case ECONNRESET:
	case EPIPE:
		return leave(qmp, ECONNRESET, "closed by its peer, no %s", what);
	case EMSGSIZE:
		return leave(qmp, error, "a message of more than %d bytes", QMP_MESSAGE_MAX);
	case EBADMSG:
		return leave(qmp, error, "not the %s that QMP would send", what);
	default:
		return leave(qmp, error, "%s", strerror(error));
	}
}

/* Every function of the interface begins here, also after a failure. */
static int begin(struct qmp *qmp)
{
	qmp->class[0] = qmp->why[0] = '\0';
	qmp->deadline = clock_now() + qmp->timeout_ns;
	return qmp->fd < 0 ? leave(qmp, ENOTCONN, "not connected") : 0;
}

static int wait_for(const struct qmp *qmp, short events)
{
	struct pollfd poll_fd = {.fd = qmp->fd, .events = events};
	uint64_t now = clock_now();

	if (now >= qmp->deadline) {
		errno = ETIMEDOUT;
		return -1;
	}

	uint64_t left = qmp->deadline - now;
	struct timespec timeout = {(time_t)(left / CLOCK_SECOND), (long)(left % CLOCK_SECOND)};

	return ppoll(&poll_fd, 1, &timeout, NULL) < 0 && errno != EINTR ? -1 : 0;
}

/* --- Receiving --- */

static int fill(struct qmp *qmp)
{
	ssize_t n;

	while ((n = recv(qmp->fd, qmp->buffer, sizeof(qmp->buffer), MSG_DONTWAIT)) < 0)
		if ((errno != EAGAIN && errno != EINTR) || wait_for(qmp, POLLIN) != 0)
			return -1;
	if (n == 0) {
		errno = ECONNRESET;
		return -1;
	}
	/* A peer that never stops to send would not let us wait, which is where time is watched. */
	if (clock_now() >= qmp->deadline) {
		errno = ETIMEDOUT;
		return -1;
	}
	qmp->start = 0;
	qmp->end = (size_t)n;
	return 0;
}

static bool is_blank(char c)
{
	return c == '\r' || c == '\n' || c == ' ' || c == '\t';
}

/* jansson reads ahead as much as it is given, and drops that: so one byte at a time. */
static size_t give_byte(void *to, size_t size, void *context)
{
	struct qmp *qmp = context;

	(void)size;
	if (qmp->taken == QMP_MESSAGE_MAX)
		qmp->error = EMSGSIZE;
	else if (qmp->start == qmp->end && fill(qmp) != 0)
		qmp->error = errno;
	if (qmp->error)
		return (size_t)-1;
	*(char *)to = qmp->buffer[qmp->start++];
	/* The end of the line before is no beginning of a message. */
	qmp->taken += qmp->taken || !is_blank(*(char *)to);
	return 1;
}

/* The next message, whatever it is, or NULL with qmp->error. */
static json_t *receive(struct qmp *qmp)
{
	qmp->taken = 0;
	qmp->error = 0;

	/* Where it ends is told by its braces: with "pretty" it has many lines. */
	json_t *message = json_load_callback(give_byte, qmp, JSON_DISABLE_EOF_CHECK, NULL);

	if (!message && !qmp->error)
		qmp->error = EBADMSG;
	return message;
}

static void deliver(const struct qmp *qmp, const json_t *event)
{
	if (qmp->event)
		qmp->event(event, qmp->context);
}

/* An answer, but to another command than the last. */
static bool answers_another(const struct qmp *qmp, enum qmp_kind kind, const json_t *message)
{
	const json_t *id = json_object_get(message, "id");

	/* What QEMU cannot read is refused without an id. */
	if (kind != QMP_RETURN && (kind != QMP_ERROR || !id))
		return false;
	return !json_is_integer(id) || (uint64_t)json_integer_value(id) != qmp->id;
}

/* The next message that is no event, or NULL after leave_errno(). */
static json_t *await(struct qmp *qmp, const char *what, enum qmp_kind *kind)
{
	for (;;) {
		json_t *message = receive(qmp);

		if (!message) {
			leave_errno(qmp, qmp->error, what);
			return NULL;
		}
		*kind = qmp_message_kind(message);
		if (*kind == QMP_EVENT)
			deliver(qmp, message);
		else if (qmp->strays > 0 && answers_another(qmp, *kind, message))
			qmp->strays--;
		else
			return message;
		json_decref(message);
	}
}

/* --- Sending --- */

static int send_all(struct qmp *qmp, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(qmp->fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0) {
			text += n;
			len -= (size_t)n;
		} else if ((errno != EAGAIN && errno != EINTR) || wait_for(qmp, POLLOUT) != 0) {
			return -1;
		}
	}
	return 0;
}

/* Nothing has been sent: other commands still can be. */
static int lack_memory(struct qmp *qmp)
{
	return qmp_fail(qmp, ENOMEM, strerror(ENOMEM));
}

static int send_command(struct qmp *qmp, const char *command, json_t *arguments)
{
	json_t *message = json_pack("{ss so* sI}", "execute", command, "arguments", arguments, "id",
		(json_int_t)++qmp->id);
	char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;

	json_decref(message);
	if (!text)
		return lack_memory(qmp);

	size_t len = strlen(text);

	/* The end of the line takes the string's end, so that the command goes out as one. */
	text[len] = '\n';

	int result = send_all(qmp, text, len + 1);
	int error = errno;

	free(text);
	return result == 0 ? 0 : leave_errno(qmp, error, "room for a command");
}

/* --- The interface --- */

/* A refusal is an answer: the connection stays. */
static int refuse(struct qmp *qmp, const json_t *message)
{
	const json_t *error = json_object_get(message, "error");
	const char *class = qmp_message_text(error, "class");
	const char *text = qmp_message_text(error, "desc");

	snprintf(qmp->class, sizeof(qmp->class), "%s", class ? class : "");
	snprintf(qmp->why, sizeof(qmp->why), "%s", text ? text : "refused without a reason");
	for (char *p = qmp->why; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' '; /* it is to be a line */
	errno = EREMOTEIO;
	return -1;
}

/* MESSAGE answers the last command: an answer to another would be taken for this one's. */
static int take_answer(struct qmp *qmp, enum qmp_kind kind, const json_t *message, json_t **answer)
{
	if (kind == QMP_GREETING || kind == QMP_GARBLED || answers_another(qmp, kind, message))
		return leave_errno(qmp, EBADMSG, "answer");
	if (kind == QMP_ERROR)
		return refuse(qmp, message);
	if (answer)
		*answer = json_incref(json_object_get(message, "return"));
	return 0;
}

static int execute(struct qmp *qmp, const char *command, json_t *arguments, json_t **answer)
{
	enum qmp_kind kind;

	if (send_command(qmp, command, arguments) != 0)
		return -1;

	json_t *message = await(qmp, "answer", &kind);

	if (!message)
		return -1;

	int result = take_answer(qmp, kind, message, answer);
	int error = errno;

	json_decref(message);
	errno = error;
	return result;
}

int qmp_execute(struct qmp *qmp, const char *command, json_t **answer)
{
	return begin(qmp) == 0 ? execute(qmp, command, NULL, answer) : -1;
}

int qmp_execute_with(struct qmp *qmp, const char *command, json_t *arguments, json_t **answer)
{
	if (begin(qmp) == 0)
		return arguments ? execute(qmp, command, arguments, answer) : lack_memory(qmp);
	json_decref(arguments);
	return -1;
}

static int greet(struct qmp *qmp)
{
	enum qmp_kind kind;
	json_t *greeting = await(qmp, "greeting", &kind);

	json_decref(greeting);
	if (!greeting)
		return -1;
	if (kind != QMP_GREETING)
		return leave_errno(qmp, EBADMSG, "greeting");
	if (execute(qmp, "qmp_capabilities", NULL, NULL) == 0) {
		qmp->strays = 0;
		return 0;
	}
	if (errno == EREMOTEIO)
		qmp_close(qmp);
	return -1;
}

static void take_over(struct qmp *qmp, int fd)
{
	qmp->fd = fd;
	/*
	 * The answer to a command whose client has hung up meanwhile goes to the next client,
	 * before or after its greeting (QEMU 10.0: one thread answers, another one accepts).
	 */
	qmp->strays = 1;
	qmp->start = qmp->end = 0;
	qmp->id = 0;
}

int qmp_start(struct qmp *qmp, int fd)
{
	take_over(qmp, fd);
	return begin(qmp) == 0 ? greet(qmp) : -1;
}

/* A QEMU that has not got round to those before leaves no room in its queue: EAGAIN, in the end. */
static int connect_in_time(const struct qmp *qmp, int fd, const struct sockaddr_un *address)
{
	uint64_t us = qmp->timeout_ns / 1000 + 1;
	struct timeval limit = {(time_t)(us / 1000000), (suseconds_t)(us % 1000000)};
	int result;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0)
		return -1;
	do
		result = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	while (result != 0 && errno == EINTR);
	if (result != 0 && errno == EAGAIN)
		errno = ETIMEDOUT;
	return result;
}

int qmp_connect(struct qmp *qmp, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(path);

	qmp->fd = -1;
	qmp->class[0] = '\0';
	if (len >= sizeof(address.sun_path))
		return leave_errno(qmp, ENAMETOOLONG, "");
	memcpy(address.sun_path, path, len);

	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return leave_errno(qmp, errno, "");
	qmp->deadline = clock_now() + qmp->timeout_ns;
	if (connect_in_time(qmp, fd, &address) == 0) {
		take_over(qmp, fd);
		return greet(qmp);
	}

	int error = errno;

	close(fd);
	return leave_errno(qmp, error, "greeting");
}

int qmp_monitor(struct qmp *qmp, const char *line, char **text)
{
	json_t *answer = NULL;

	if (qmp_execute_with(qmp, "human-monitor-command", json_pack("{ss}", "command-line", line),
		    &answer) != 0)
		return -1;
	*text = json_is_string(answer) ? strdup(json_string_value(answer)) : NULL;

	int error = json_is_string(answer) ? ENOMEM : EBADMSG;

	json_decref(answer);
	return *text ? 0 : leave_errno(qmp, error, "text");
}

int qmp_fail(struct qmp *qmp, int error, const char *why)
{
	snprintf(qmp->why, sizeof(qmp->why), "%s", why);
	errno = error;
	return -1;
}

void qmp_close(struct qmp *qmp)
{
	if (qmp->fd >= 0)
		close(qmp->fd);
	qmp->fd = -1;
}
