/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qmp - events of a virtual machine, from the socket of its QEMU.
 *
 * A peer that is slow, silent or talks nonsense is left and tried again after the loop's
 * pause.  Only the answers to our two commands are waited for, and not for long.
 */
#include "feed.h"
#include "outlet.h"
#include "qmp_message.h"
#include "wallclock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const uint64_t answer_ns = 5000000000;

static const char commands[] = "{\"execute\":\"qmp_capabilities\"}\r\n"
			       "{\"execute\":\"query-name\"}\r\n";

enum { NAME_MAX_BYTES = 256 }; /* of a name of a virtual machine, with its NUL */

/* What is waited for. */
enum qmp_state { WAIT_GREETING, WAIT_CAPABILITIES, WAIT_NAME, WAIT_EVENTS };

static const char *const waits[] = {
	[WAIT_GREETING] = "greeting",
	[WAIT_CAPABILITIES] = "answer to qmp_capabilities",
	[WAIT_NAME] = "answer to query-name",
};

struct qmp {
	enum qmp_state state;
	char vm[NAME_MAX_BYTES];
	struct feed feed;
};

static int qmp_open(struct source *source)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct qmp *qmp = source->state;

	if (!qmp)
		qmp = source->state = malloc(sizeof(*qmp));
	if (!qmp)
		return source_fail(source, "open", errno, "allocate memory");
	qmp->state = WAIT_GREETING;
	qmp->vm[0] = '\0';
	feed_open(&qmp->feed, false);
	source->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	strncpy(address.sun_path, source->argument, sizeof(address.sun_path) - 1);
	/* A peer that lets its queue fill up is refused at once (EAGAIN). */
	if (source->fd < 0 ||
		connect(source->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		return source_fail(source, "open", errno, "connect %s", source_name(source));
	source->wake_ns = clock_mono_ns() + answer_ns;
	return 0;
}

static int qmp_wake(struct source *source)
{
	const struct qmp *qmp = source->state;

	return source_fail(source, "silent", 0, "read %s: no %s in 5 s", source_name(source),
		waits[qmp->state]);
}

static int garbled(struct source *source)
{
	return source_fail(
		source, "garbled", 0, "read %s: not what QMP would say here", source_name(source));
}

static int take_greeting(struct source *source)
{
	ssize_t n = send(source->fd, commands, sizeof(commands) - 1, MSG_NOSIGNAL);

	/* It has room for that, unless somebody plays games. */
	if (n != sizeof(commands) - 1)
		return source_fail(
			source, "gone", n < 0 ? errno : 0, "write %s", source_name(source));
	return 0;
}

/* Half a name would be another machine's. */
static void take_name(struct qmp *qmp, const json_t *message)
{
	const char *name = qmp_message_text(json_object_get(message, "return"), "name");

	if (name && strlen(name) < sizeof(qmp->vm))
		memcpy(qmp->vm, name, strlen(name) + 1);
}

/* The answers come in order, and an event may stand between them. */
static int take_answer(struct source *source, enum qmp_kind kind, const json_t *message)
{
	struct qmp *qmp = source->state;

	if (qmp->state == WAIT_EVENTS)
		return 0; /* to nothing we asked */
	if ((qmp->state == WAIT_GREETING) != (kind == QMP_GREETING))
		return garbled(source);
	if (qmp->state == WAIT_CAPABILITIES && kind == QMP_ERROR)
		return garbled(source);
	if (qmp->state == WAIT_NAME)
		take_name(qmp, message);
	qmp->state++;
	if (qmp->state == WAIT_EVENTS)
		source->wake_ns = 0;
	return qmp->state == WAIT_CAPABILITIES ? take_greeting(source) : 0;
}

/* MESSAGE is NULL when it is too long to be looked at. */
static void report(const struct qmp *qmp, const json_t *message, const struct feed_line *line)
{
	struct raw raw = {.src = "qmp", .text = line->text, .len = line->len, .cut = line->cut};
	struct timespec now = wallclock_now();

	if (!qmp_message_time(message, &raw.t) || raw.t.tv_sec > now.tv_sec)
		raw.t = now;
	raw.vm = qmp->vm[0] ? qmp->vm : NULL;
	outlet_raw(&raw);
}

static int take_message(struct source *source, const struct feed_line *line, const json_t *message)
{
	enum qmp_kind kind = qmp_message_kind(message);

	if (kind == QMP_GARBLED)
		return garbled(source);
	if (kind != QMP_EVENT)
		return take_answer(source, kind, message);
	report(source->state, message, line);
	return 0;
}

static int take_line(struct source *source, struct feed_line *line)
{
	if (line->len && line->text[line->len - 1] == '\r')
		line->len--;
	if (!line->len)
		return 0;
	if (line->cut) {
		report(source->state, NULL, line);
		return source_fail(source, "garbled", 0, "read %s: a line of more than %d bytes",
			source_name(source), FEED_LINE_MAX);
	}

	json_t *message = json_loadb(line->text, line->len, 0, NULL);
	int result = take_message(source, line, message);

	json_decref(message);
	return result;
}

static int qmp_ready(struct source *source)
{
	struct qmp *qmp = source->state;
	enum feed_event event = feed_read(&qmp->feed, source->fd);
	struct feed_line line;
	int error = errno;

	while (feed_next(&qmp->feed, &line))
		if (take_line(source, &line) != 0)
			return -1;
	if (event == FEED_ERROR)
		return source_fail(source, "gone", error, "read %s", source_name(source));
	if (event == FEED_END)
		return source_fail(
			source, "gone", 0, "read %s: closed by its peer", source_name(source));
	return 0;
}

static void qmp_close(struct source *source)
{
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
}

const struct source_kind source_qmp = {
	.name = "qmp",
	.takes_argument = true,
	.open = qmp_open,
	.ready = qmp_ready,
	.wake = qmp_wake,
	.close = qmp_close,
};
