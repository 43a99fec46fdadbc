/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request - which page is to be replaced, and what is known of it. */
#ifndef HUGESPLIT_REQUEST_H
#define HUGESPLIT_REQUEST_H

#include "rec.h"
#include "salvage.h"

#include <sys/types.h>

/* A page that is to be replaced, where one process maps it. */
struct request {
	pid_t pid;
	uint64_t va; /* anywhere in the page */
	bool has_addr;
	uint64_t addr; /* physical, anywhere in the page */
	struct salvage_hint hint;
};

/* request_pid - a process as people type it; NULL, or the reason why TEXT is none. */
const char *request_pid(const char *text, pid_t *out);

/* request_from_operand - PID:ADDR; NULL, or the reason why TEXT is none. */
const char *request_from_operand(const char *text, struct request *out);

/* request_is_in - it is a record of an error in a huge page of a process. */
bool request_is_in(const struct rec *rec);

/* request_from_record - such a record; -1 if a value in it is none. */
int request_from_record(const struct rec *rec, struct request *out);

#endif
