/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard - read memory and live through the SIGBUS of a machine check. */
#ifndef MEMPATROL_GUARD_H
#define MEMPATROL_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/* What SIGBUS said (sigaction(2)). */
struct guard_fault {
	const char *address; /* si_addr; the kernel may round it down to the page */
	int code;            /* si_code: BUS_MCEERR_AR, BUS_ADRERR, … */
	int lsb;             /* si_addr_lsb: log2 of the bytes that are lost; BUS_MCEERR_AR only */
};

/* guard_open - take SIGBUS over for good; -1 with errno. */
int guard_open(void);

/*
 * guard_run - RUN(CONTEXT), which reads memory that may be bad and does nothing else that a jump
 * out of it would leave half done.
 * Returns true when it came to its end; false at the first fault, with *fault set.
 */
bool guard_run(void (*run)(void *context), void *context, struct guard_fault *fault);

/* guard_is_memory_error - the fault reports bad memory, not a page that is not there. */
bool guard_is_memory_error(const struct guard_fault *fault);

#endif
