/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carrier - the command that carries bytes to the other host and back, such as ssh. */
#ifndef MEMPATROL_VMEVAC_CARRIER_H
#define MEMPATROL_VMEVAC_CARRIER_H

#include <stddef.h>
#include <sys/types.h>

struct carrier {
	pid_t pid; /* not above 0: none */
	int fd;    /* to write to its standard input and read its standard output; does not block */
};

/* What the command finds in its environment. */
struct carrier_variable {
	const char *name, *value;
};

/*
 * carrier_open - run COMMAND by the shell, with VARIABLES, of which the last has no name, in its
 * environment.  0, or -1 with errno.
 */
int carrier_open(
	struct carrier *carrier, const char *command, const struct carrier_variable *variables);

/* carrier_hang_up - the other end is to notice that there is nobody any more. */
void carrier_hang_up(struct carrier *carrier);

/*
 * carrier_close - no more of it; it is given some seconds to end.  What there is to say of how it
 * did is put into WHY, "" when nothing is.
 */
void carrier_close(struct carrier *carrier, char *why, size_t size);

#endif
