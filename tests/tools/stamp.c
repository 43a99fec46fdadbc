/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stamp - put before each record how many nanoseconds ago its t was, when it was read. */
#include <stdio.h>
#include <string.h>
#include <time.h>

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(void)
{
	static char line[8192];

	while (fgets(line, sizeof(line), stdin)) {
		long long now = now_ns();
		const char *t = strstr(line, " t=");
		struct tm tm = {0};
		const char *rest = t ? strptime(t + 3, "%Y-%m-%dT%H:%M:%S.", &tm) : NULL;
		long long ns;

		if (rest && sscanf(rest, "%9lldZ", &ns) == 1)
			printf("%lld %s", now - (timegm(&tm) * 1000000000LL + ns), line);
	}
	return 0;
}
