/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The type of the object is that name and this (MACHINE_TYPE_NAME() in hw/boards.h of QEMU). */
static const char suffix[] = "-machine";

int machine_type(struct qmp *qmp, char out[MACHINE_TYPE_MAX])
{
	json_t *answer;
	const char *type;
	size_t len;

	if (qmp_execute_with(qmp, "qom-get",
		    json_pack("{s:s, s:s}", "path", "/machine", "property", "type"), &answer) != 0)
		return -1;
	type = json_string_value(answer);
	len = type ? strlen(type) : 0;

	bool is_one = len > sizeof(suffix) - 1 && len - (sizeof(suffix) - 1) < MACHINE_TYPE_MAX &&
		      strcmp(type + len - (sizeof(suffix) - 1), suffix) == 0;

	if (is_one) {
		memcpy(out, type, len - (sizeof(suffix) - 1));
		out[len - (sizeof(suffix) - 1)] = '\0';
	}
	json_decref(answer);
	if (is_one)
		return 0;
	snprintf(qmp->why, sizeof(qmp->why), "its machine has no type");
	errno = EBADMSG;
	return -1;
}
