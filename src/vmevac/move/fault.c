/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault.h"
#include "num.h"
#include "say.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t steps_left; /* 0: it is not a number that decides */
static const char *fatal_name;

void fault_open(const char *side)
{
	const char *text = getenv("VMEVAC_FAULT");
	size_t len = strlen(side);

	if (!text || strncmp(text, side, len) != 0 || text[len] != ':')
		return;
	text += len + 1;
	if (text[0] < '0' || text[0] > '9') {
		fatal_name = text;
		return;
	}

	const char *why = num_count(text, 1, UINT64_MAX, &steps_left);

	if (why)
		die(STATUS_USAGE, "VMEVAC_FAULT: %s", why);
}

void fault_disarm(void)
{
	steps_left = 0;
	fatal_name = NULL;
}

void fault_step(const char *name)
{
	if ((steps_left && --steps_left == 0) || (fatal_name && strcmp(name, fatal_name) == 0))
		kill(getpid(), SIGKILL);
}
