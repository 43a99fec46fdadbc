/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hmp - give commands to the monitor of a QEMU, and print its answers: hmp SOCKET COMMAND... */
#include "clock.h"
#include "qmp.h"
#include "say.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	static struct qmp qmp = {.timeout_ns = 30 * CLOCK_SECOND};
	char *text;

	say_open("hmp");
	if (argc < 3)
		die(STATUS_USAGE, "ask: give a socket and commands");
	if (qmp_connect(&qmp, argv[1]) != 0)
		die(STATUS_FAILED, "ask %s: %s", argv[1], qmp.why);
	for (int i = 2; i < argc; i++) {
		if (qmp_monitor(&qmp, argv[i], &text) != 0)
			die(STATUS_FAILED, "ask %s %s: %s", argv[1], argv[i], qmp.why);
		fputs(text, stdout);
		free(text);
	}
	qmp_close(&qmp);
	return STATUS_DONE;
}
