/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault.h"
#include "num.h"
#include "say.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t steps_left; /* 0: it is not a number that decides */
static const char *fatal_name;
static const char *held_names; /* with commas between them */

/* What the variable says of SIDE, or NULL. */
static const char *setting(const char *variable, const char *side)
{
	const char *text = getenv(variable);
	size_t len = strlen(side);

	return text && strncmp(text, side, len) == 0 && text[len] == ':' ? text + len + 1 : NULL;
}

void fault_open(const char *side)
{
	const char *text = setting("VMEVAC_FAULT", side), *why;

	held_names = setting("VMEVAC_HOLD", side);
	if (!text)
		return;
	if (text[0] < '0' || text[0] > '9') {
		fatal_name = text;
		return;
	}
	why = num_count(text, 1, UINT64_MAX, &steps_left);
	if (why)
		die(STATUS_USAGE, "VMEVAC_FAULT: %s", why);
}

void fault_disarm(void)
{
	steps_left = 0;
	fatal_name = held_names = NULL;
}

static bool is_held(const char *name)
{
	size_t len;

	for (const char *p = held_names; p && *p; p += len + (p[len] == ',')) {
		len = strcspn(p, ",");
		if (strlen(name) == len && strncmp(p, name, len) == 0)
			return true;
	}
	return false;
}

void fault_step(const char *name)
{
	if ((steps_left && --steps_left == 0) || (fatal_name && strcmp(name, fatal_name) == 0))
		kill(getpid(), SIGKILL);
	if (is_held(name))
		raise(SIGSTOP);
}
