/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qmp_message - what a line from QEMU's machine protocol is (QEMU, docs/interop/qmp-spec). */
#ifndef MEMPATROL_QMP_MESSAGE_H
#define MEMPATROL_QMP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qmp_kind {
	QMP_GARBLED,  /* no JSON object, or none of these */
	QMP_GREETING, /* "QMP" */
	QMP_RETURN,   /* a command has succeeded */
	QMP_ERROR,    /* a command has failed */
	QMP_EVENT,
};

enum { QMP_NAME_MAX = 256 }; /* bytes of a name of a virtual machine, with its NUL */

struct qmp_message {
	enum qmp_kind kind;
	bool has_time; /* of an event */
	uint64_t sec, usec;
	char name[QMP_NAME_MAX]; /* of "return", when it has a name that fits; else empty */
};

/* qmp_message_parse - look at the LEN bytes of one line. */
void qmp_message_parse(const char *text, size_t len, struct qmp_message *out);

#endif
