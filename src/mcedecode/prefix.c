/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prefix.h"

#include <time.h>

static const char *const tags[] = {"kernel: ", "kernel:", "mcelog: ", "rasdaemon: "};

/* "[  106.962373] ", "[Mon Jan 27 19:27:15 2020] ", "[   T12] " */
static bool skip_brackets(struct scan *s)
{
	const char *close;

	if (s->p == s->end || *s->p != '[')
		return false;
	close = memchr(s->p, ']', scan_left(s));
	if (!close || close - s->p > 40)
		return false;
	for (const char *p = s->p + 1; p < close; p++)
		if (*p >= '0' && *p <= '9') {
			s->p = close + 1;
			return true;
		}
	return false;
}

/* "mcelog[2226]: " */
static bool skip_pid(struct scan *s, const char *program)
{
	struct scan copy = *s;
	uint64_t pid;

	if (!scan_to_bytes(&copy, program, strlen(program)) || !scan_dec(&copy, &pid) ||
		!SCAN(&copy, "]: "))
		return false;
	*s = copy;
	return true;
}

/* /dev/kmsg: "3,381,5381803,-;text" */
static bool skip_kmsg(struct scan *s)
{
	struct scan copy = *s;
	uint64_t n;
	const char *flags;
	size_t len;

	if (!scan_dec(&copy, &n) || !SCAN(&copy, ",") || !scan_dec(&copy, &n) ||
		!SCAN(&copy, ",") || !scan_dec(&copy, &n) || !SCAN(&copy, ",") ||
		!scan_until(&copy, ';', &flags, &len))
		return false;
	*s = copy;
	return true;
}

static bool skip_tag(struct scan *s)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (scan_to_bytes(s, tags[i], strlen(tags[i])))
			return true;
	return skip_pid(s, "mcelog[") || skip_pid(s, "rasdaemon[");
}

void prefix_skip(struct scan *s)
{
	uint64_t n;
	struct scan copy = *s;

	if (SCAN(&copy, "<") && scan_dec(&copy, &n) && SCAN(&copy, ">"))
		*s = copy;
	skip_kmsg(s);
	skip_tag(s);
	do
		scan_blanks(s);
	while (skip_brackets(s));
}

/* Digits, a fixed number of them. */
static bool digits(struct scan *s, int n, int *out)
{
	*out = 0;
	for (; n > 0; n--, s->p++) {
		if (s->p == s->end || *s->p < '0' || *s->p > '9')
			return false;
		*out = *out * 10 + (*s->p - '0');
	}
	return true;
}

static void fraction(struct scan *s, uint32_t *nsec)
{
	uint32_t unit = 100000000;

	for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++, unit /= 10)
		*nsec += (uint32_t)(*s->p - '0') * unit;
}

/* "Z", "+02:00", "+0200": seconds east of UTC. */
static bool offset(struct scan *s, long *out)
{
	int hours, minutes;
	bool west;

	*out = 0;
	if (SCAN(s, "Z"))
		return true;
	west = SCAN(s, "-");
	if (!west && !SCAN(s, "+"))
		return false;
	if (!digits(s, 2, &hours))
		return false;
	SCAN(s, ":");
	if (!digits(s, 2, &minutes))
		return false;
	*out = (hours * 3600L + minutes * 60L) * (west ? -1 : 1);
	return true;
}

bool prefix_time(const char *text, size_t len, uint64_t *seconds, uint32_t *nsec)
{
	struct scan s = {text, text + len};
	struct tm tm = {0};
	long east;

	/* Nearly no line starts like that: look no further than needed. */
	if (len < 20 || text[0] < '1' || text[0] > '9' || text[4] != '-')
		return false;
	if (!digits(&s, 4, &tm.tm_year) || !SCAN(&s, "-") || !digits(&s, 2, &tm.tm_mon) ||
		!SCAN(&s, "-") || !digits(&s, 2, &tm.tm_mday) ||
		(!SCAN(&s, "T") && !SCAN(&s, " ")) || !digits(&s, 2, &tm.tm_hour) ||
		!SCAN(&s, ":") || !digits(&s, 2, &tm.tm_min) || !SCAN(&s, ":") ||
		!digits(&s, 2, &tm.tm_sec))
		return false;
	*nsec = 0;
	if (SCAN(&s, ".") || SCAN(&s, ","))
		fraction(&s, nsec);
	SCAN(&s, " ");
	if (!offset(&s, &east))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;

	time_t t = timegm(&tm);

	if (t < east)
		return false;
	*seconds = (uint64_t)(t - east);
	return true;
}
