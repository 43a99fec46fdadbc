/* SPDX-License-Identifier: GPL-2.0-or-later */
/* who_print - owners as records. */
#ifndef MEMPATROL_WHO_PRINT_H
#define MEMPATROL_WHO_PRINT_H

#include "owners.h"

#include <sys/types.h>

/* who_print - owner records for all that is wanted, in order of address. */
void who_print(struct owners *owners);

/* who_print_skip - a skip record for memory of process PID, 0: of all. */
void who_print_skip(pid_t pid, const char *reason, int error);

/* who_print_done - the end of them. */
void who_print_done(void);

#endif
