/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress - how far a work on many bytes is: a line on a terminal, for people. */
#ifndef MEMPATROL_PROGRESS_H
#define MEMPATROL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often is often enough, in nanoseconds. */
#define PROGRESS_INTERVAL UINT64_C(1000000000)

struct progress {
	uint64_t passed, bytes; /* of bytes */
	uint64_t elapsed;       /* ns */
};

/* progress_text - "1.5 GiB of 64.0 GiB, 512.0 MiB/s, 2:05 left" */
void progress_text(const struct progress *progress, char *out, size_t size);

/* progress_has_terminal - somebody looks at standard error. */
bool progress_has_terminal(void);

/* progress_show - a line in the place of the one that was shown last. */
void progress_show(const char *line);

/* progress_wipe - take it away, before anything else is said. */
void progress_wipe(void);

#endif
