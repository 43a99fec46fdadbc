/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qmp_message - what a message of QEMU's machine protocol is (QEMU, docs/interop/qmp-spec). */
#ifndef MEMPATROL_QMP_MESSAGE_H
#define MEMPATROL_QMP_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <time.h>

enum qmp_kind {
	QMP_GARBLED,  /* no JSON object, or none of these */
	QMP_GREETING, /* "QMP" */
	QMP_RETURN,   /* a command has succeeded */
	QMP_ERROR,    /* a command has failed */
	QMP_EVENT,
};

/* qmp_message_kind - of MESSAGE, which may be NULL. */
enum qmp_kind qmp_message_kind(const json_t *message);

/* qmp_message_time - when an event happened; false when QEMU does not say. */
bool qmp_message_time(const json_t *message, struct timespec *out);

/*
 * qmp_message_text - the string that is MEMBER of OBJECT, or NULL; as long as OBJECT stays.
 */
const char *qmp_message_text(const json_t *object, const char *member);

#endif
