/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qmp_message.h"

static const struct {
	const char *member;
	enum qmp_kind kind;
} kinds[] = {
	{"event", QMP_EVENT},
	{"return", QMP_RETURN},
	{"error", QMP_ERROR},
	{"QMP", QMP_GREETING},
};

enum qmp_kind qmp_message_kind(const json_t *message)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (json_object_get(message, kinds[i].member))
			return kinds[i].kind;
	return QMP_GARBLED;
}

/* QEMU sends -1 when it does not know the time. */
bool qmp_message_time(const json_t *message, struct timespec *out)
{
	const json_t *stamp = json_object_get(message, "timestamp");
	const json_t *seconds = json_object_get(stamp, "seconds");
	const json_t *microseconds = json_object_get(stamp, "microseconds");
	json_int_t sec = json_integer_value(seconds), usec = json_integer_value(microseconds);

	if (!json_is_integer(seconds) || !json_is_integer(microseconds) || sec < 0 || usec < 0 ||
		usec >= 1000000)
		return false;
	*out = (struct timespec){(time_t)sec, (long)usec * 1000};
	return true;
}

const char *qmp_message_text(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}
