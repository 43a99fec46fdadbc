/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_option - the option --kernel NAME of programs that sweep. */
#ifndef MEMPATROL_KERNEL_OPTION_H
#define MEMPATROL_KERNEL_OPTION_H

/*
 * kernel_option - have sweep() use the kernel called NAME, for a table of options (CLI_PARSE).
 * One that this processor cannot run ends the program with STATUS_UNSUPPORTED.
 */
const char *kernel_option(const char *name, void *unused);

#endif
