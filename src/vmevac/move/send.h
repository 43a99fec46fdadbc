/* SPDX-License-Identifier: GPL-2.0-or-later */
/* send - move one machine to another host: what the verbs of that share. */
#ifndef MEMPATROL_VMEVAC_SEND_H
#define MEMPATROL_VMEVAC_SEND_H

#include "cli.h"

/* The options that say how, for struct cli; they are of this process. */
extern const struct cli_option send_options[];
extern struct root send_root;

/* send_command - what --to says; without it the use is wrong. */
const char *send_command(void);

/*
 * send_machine - move the machine called NAME, once in a process, and print its "evac" record; some
 * failures of this host end the process without one.  The status to end with.
 */
enum status send_machine(const char *name);

#endif
