/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qmp_watch - the events of a QEMU, until it ends
 *
 *	qmp_watch SOCKET
 *
 * One line each: the microseconds since 1970, as QEMU says them, and the name.  An empty line says
 * that those from now on will be there.
 */
#include "clock.h"
#include "qmp.h"

#include <stdio.h>

static void print(const json_t *event, void *context)
{
	struct timespec when;

	(void)context;
	if (qmp_message_time(event, &when))
		printf("%lld %s\n", when.tv_sec * 1000000LL + when.tv_nsec / 1000,
			qmp_message_text(event, "event"));
}

int main(int argc, char **argv)
{
	struct qmp qmp = {.timeout_ns = 60 * CLOCK_SECOND, .event = print};
	const struct timespec pause = {0, 20000000};

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2 || qmp_connect(&qmp, argv[1]) != 0) {
		fprintf(stderr, "qmp_watch: %s\n", argc != 2 ? "no socket given" : qmp.why);
		return 2;
	}
	putchar('\n');
	/* Events are delivered with answers, and say themselves when they were. */
	while (qmp_execute(&qmp, "query-name", NULL) == 0)
		nanosleep(&pause, NULL);
	qmp_close(&qmp);
	return 0;
}
