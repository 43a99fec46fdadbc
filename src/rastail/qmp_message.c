/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qmp_message.h"

#include <jansson.h>
#include <string.h>

static const struct {
	const char *member;
	enum qmp_kind kind;
} kinds[] = {
	{"event", QMP_EVENT},
	{"return", QMP_RETURN},
	{"error", QMP_ERROR},
	{"QMP", QMP_GREETING},
};

static enum qmp_kind kind_of(const json_t *message)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (json_object_get(message, kinds[i].member))
			return kinds[i].kind;
	return QMP_GARBLED;
}

/* QEMU sends -1 when it does not know the time. */
static void take_time(const json_t *message, struct qmp_message *out)
{
	const json_t *stamp = json_object_get(message, "timestamp");
	const json_t *seconds = json_object_get(stamp, "seconds");
	const json_t *microseconds = json_object_get(stamp, "microseconds");
	json_int_t sec = json_integer_value(seconds), usec = json_integer_value(microseconds);

	if (!json_is_integer(seconds) || !json_is_integer(microseconds))
		return;
	out->has_time = sec >= 0 && usec >= 0 && usec < 1000000;
	out->sec = (uint64_t)sec;
	out->usec = (uint64_t)usec;
}

/* Half a name would be another machine's. */
static void take_name(const json_t *message, struct qmp_message *out)
{
	const json_t *name = json_object_get(json_object_get(message, "return"), "name");

	if (json_is_string(name) && json_string_length(name) < sizeof(out->name))
		memcpy(out->name, json_string_value(name), json_string_length(name) + 1);
}

void qmp_message_parse(const char *text, size_t len, struct qmp_message *out)
{
	json_t *message = json_loadb(text, len, 0, NULL);

	*out = (struct qmp_message){.kind = kind_of(message)};
	if (out->kind == QMP_EVENT)
		take_time(message, out);
	if (out->kind == QMP_RETURN)
		take_name(message, out);
	json_decref(message);
}
