/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rec.h"

#include <errno.h>

static const char form[REC_TIME_LEN + 1] = "0000-00-00T00:00:00.000000000Z";

static bool has_form(const char *text)
{
	for (int i = 0; i < REC_TIME_LEN; i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return true;
}

static int digits(const char *text, int count)
{
	int value = 0;

	while (count-- > 0)
		value = value * 10 + (*text++ - '0');
	return value;
}

/* A date that there is not, such as the 31st of June, comes back as another one. */
static bool is_date(const struct tm *wanted, const struct tm *got)
{
	return wanted->tm_mon == got->tm_mon && wanted->tm_mday == got->tm_mday &&
	       wanted->tm_hour == got->tm_hour && wanted->tm_min == got->tm_min &&
	       wanted->tm_sec == got->tm_sec;
}

static int parse_time(const char *text, struct timespec *out)
{
	struct tm tm = {.tm_year = digits(text, 4) - 1900,
		.tm_mon = digits(text + 5, 2) - 1,
		.tm_mday = digits(text + 8, 2),
		.tm_hour = digits(text + 11, 2),
		.tm_min = digits(text + 14, 2),
		.tm_sec = digits(text + 17, 2)};
	struct tm normal = tm;

	out->tv_sec = timegm(&normal);
	out->tv_nsec = digits(text + 20, 9);
	return is_date(&tm, &normal) ? 0 : -1;
}

int rec_time(const struct rec *rec, const char *key, struct timespec *out)
{
	const struct rec_pair *pair = rec_find(rec, key);

	if (pair && pair->value_len == REC_TIME_LEN && has_form(pair->value) &&
		parse_time(pair->value, out) == 0)
		return 0;
	errno = pair ? EBADMSG : ENOENT;
	return -1;
}
