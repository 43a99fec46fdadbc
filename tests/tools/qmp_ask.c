/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qmp_ask - have a QEMU do commands, and print its answers
 *
 *	qmp_ask SOCKET COMMAND...
 *
 * COMMAND is a name, or the JSON of a whole message.  Events are dropped.
 */
#include "clock.h"
#include "qmp.h"

#include <stdio.h>
#include <string.h>

static int ask(struct qmp *qmp, const char *text)
{
	json_t *message = text[0] == '{' ? json_loads(text, 0, NULL) : NULL;
	json_t *arguments = json_incref(json_object_get(message, "arguments")), *answer;
	const char *command = message ? qmp_message_text(message, "execute") : text;
	int result;

	if (!command)
		command = "";
	result = arguments ? qmp_execute_with(qmp, command, arguments, &answer)
			   : qmp_execute(qmp, command, &answer);

	if (result == 0)
		json_dumpf(answer, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
	else
		printf("refused: %s", qmp->why);
	putchar('\n');
	json_decref(message);
	if (result == 0)
		json_decref(answer);
	return result;
}

int main(int argc, char **argv)
{
	struct qmp qmp = {.timeout_ns = 60 * CLOCK_SECOND};
	int result = 0;

	if (argc < 2 || qmp_connect(&qmp, argv[1]) != 0) {
		fprintf(stderr, "qmp_ask: %s\n", argc < 2 ? "no socket given" : qmp.why);
		return 2;
	}
	for (int i = 2; i < argc; i++)
		result |= ask(&qmp, argv[i]);
	qmp_close(&qmp);
	return result ? 1 : 0;
}
