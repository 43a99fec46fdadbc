/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes from the other end of a QMP socket, which then hangs up: an answer is an answer
 * to what was asked, a failure has its reason in one line, and nothing is waited for.
 */
#include "fuzz.h"
#include "qmp.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static void see_event(const json_t *event, void *context)
{
	struct timespec t;

	MUST(qmp_message_kind(event) == QMP_EVENT);
	if (qmp_message_time(event, &t))
		MUST(t.tv_sec >= 0 && t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
	++*(int *)context;
}

static void check_failure(const struct qmp *qmp)
{
	MUST(*qmp->why && !strchr(qmp->why, '\n') && strlen(qmp->why) < sizeof(qmp->why));
	MUST(errno == EREMOTEIO || errno == ECONNRESET || errno == EBADMSG || errno == ENOTCONN);
	MUST(errno == EREMOTEIO || qmp->fd < 0);
	MUST(errno == EREMOTEIO || !*qmp->class);
}

static void ask(struct qmp *qmp)
{
	json_t *answer = NULL;
	char *text = NULL;

	if (qmp_monitor(qmp, "info mtree -f", &text) == 0)
		MUST(text);
	else
		check_failure(qmp);
	free(text);
	if (qmp_execute_with(qmp, "query-name", json_object(), &answer) == 0)
		MUST(answer);
	else
		check_failure(qmp);
	json_decref(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int events = 0, fds[2];
	struct qmp qmp = {
		.timeout_ns = 10000000000, .event = see_event, .context = &events, .fd = -1};

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	if (send(fds[1], data, size, MSG_DONTWAIT) != (ssize_t)size && size) {
		close(fds[0]); /* more than the socket holds */
		close(fds[1]);
		return -1;
	}
	/* The commands can still be sent: the other end reads no longer, but is there. */
	MUST(shutdown(fds[1], SHUT_WR) == 0);
	if (qmp_start(&qmp, fds[0]) == 0)
		ask(&qmp);
	else
		check_failure(&qmp);
	qmp_close(&qmp);
	close(fds[1]);
	return 0;
}
