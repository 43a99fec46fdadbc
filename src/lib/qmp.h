/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qmp - speak with a QEMU by its machine protocol (QEMU, docs/interop/qmp-spec).
 *
 *	struct qmp qmp = {.timeout_ns = 2 * CLOCK_SECOND};
 *	if (qmp_connect(&qmp, "/run/web.qmp") != 0 ||
 *	    qmp_execute(&qmp, "query-status", &answer) != 0)
 *		say("ask %s: %s", path, qmp.why);
 *	json_decref(answer);
 *	qmp_close(&qmp);
 *
 * The other end is not trusted.  Whatever it does, a function returns within
 * timeout_ns, and no message of more than QMP_MESSAGE_MAX bytes is taken.  Functions
 * return -1 with qmp.why, a line for people, and errno:
 *
 *	EREMOTEIO	the command was refused; qmp.class says how.  The connection stays good
 *	ETIMEDOUT	no answer in time.  QEMU serves one client a socket and lets the
 *			others wait without a word (libvirt always holds its own)
 *	ECONNRESET	the other end has hung up
 *	EBADMSG		what came is not QMP
 *	EMSGSIZE	a message was longer than QMP_MESSAGE_MAX
 *	ENOTCONN	not connected, or left because of an earlier failure
 *	ENOMEM		no memory for the command: nothing was sent.  The connection stays good
 *	other		connect(2), send(2), recv(2)
 */
#ifndef MEMPATROL_QMP_H
#define MEMPATROL_QMP_H

#include "qmp_message.h"

#include <stddef.h>
#include <stdint.h>

enum { QMP_MESSAGE_MAX = 2 << 20 };

struct qmp {
	/* Set by the caller, before qmp_connect(); all else 0. */
	uint64_t timeout_ns;
	void (*event)(const json_t *event, void *context); /* NULL: events are dropped */
	void *context;

	/* Of the last failure. */
	char why[256];
	char class[64]; /* of a refusal, such as "CommandNotFound"; else "" */

	int fd; /* -1: left */
	int error;
	uint64_t deadline, id;
	unsigned int strays; /* answers to others that may still come */
	size_t start, end, taken;
	char buffer[4096];
};

/* qmp_connect - to the UNIX socket at PATH, and as far as commands are taken. */
int qmp_connect(struct qmp *qmp, const char *path);

/* qmp_start - the same on FD, a connected stream socket, which is qmp's from then on. */
int qmp_start(struct qmp *qmp, int fd);

/*
 * qmp_execute - have COMMAND done, which takes no arguments or is given none.
 * On success *answer, unless ANSWER is NULL, is what it returned: json_decref() it.
 * Events that come before the answer are delivered.
 */
int qmp_execute(struct qmp *qmp, const char *command, json_t **answer);

/*
 * qmp_execute_with - the same with ARGUMENTS, an object, which it takes over.  NULL, what
 * json_pack() returns without memory, is ENOMEM: the command would do something else without them.
 */
int qmp_execute_with(struct qmp *qmp, const char *command, json_t *arguments, json_t **answer);

/*
 * qmp_monitor - have LINE done by the monitor for people (human-monitor-command).
 * On success *text is what it printed: free() it.  That monitor has no errors: what
 * went wrong is in the text too.
 */
int qmp_monitor(struct qmp *qmp, const char *line, char **text);

/* qmp_fail - for who builds on these: have WHY and ERROR as the last failure.  Returns -1. */
int qmp_fail(struct qmp *qmp, int error, const char *why);

void qmp_close(struct qmp *qmp);

#endif
