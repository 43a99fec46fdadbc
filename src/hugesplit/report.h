/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report - split records: what became of a page, one for each process. */
#ifndef HUGESPLIT_REPORT_H
#define HUGESPLIT_REPORT_H

#include "job.h"
#include "plan.h"

/* A result word of records(5), and what goes with it. */
struct outcome {
	const char *result; /* "done", "already", "failed", "refused" */
	const char *reason; /* of "refused", or NULL */
	int error;          /* of "failed" */
};

/* report_split - print the records; end the program if they cannot be. */
void report_split(
	const struct job *job, const struct request *request, const struct outcome *outcome);

#endif
