/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault.h"
#include "num.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const struct fault {
	const char *word;
	int signal;
	bool to_supervisor, to_worker;
} faults[] = {
	{"supervisor:", SIGKILL, true, false},
	{"both:", SIGKILL, true, true},
	{"interrupt:", SIGINT, true, true},
	{"", SIGKILL, false, true},
};

static const struct fault *fault;
static uint64_t steps; /* until then; 0: never */

const char *fault_set(const char *text)
{
	for (fault = faults; strncmp(text, fault->word, strlen(fault->word)) != 0; fault++)
		;
	return num_count(text + strlen(fault->word), 1, UINT64_MAX, &steps);
}

void fault_step(void)
{
	if (steps == 0 || --steps)
		return;
	if (fault->to_supervisor)
		kill(getppid(), fault->signal);
	if (fault->to_worker)
		kill(getpid(), fault->signal);
}
