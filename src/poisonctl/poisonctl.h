/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs of poisonctl, one file each. */
#ifndef MEMPATROL_POISONCTL_H
#define MEMPATROL_POISONCTL_H

#include "cli.h"

enum status poisonctl_block(int argc, char **argv);
enum status poisonctl_boot(int argc, char **argv);
enum status poisonctl_forget(int argc, char **argv);
enum status poisonctl_inject(int argc, char **argv);
enum status poisonctl_list(int argc, char **argv);
enum status poisonctl_offline(int argc, char **argv);
enum status poisonctl_release(int argc, char **argv);
enum status poisonctl_stat(int argc, char **argv);
enum status poisonctl_restore(int argc, char **argv);
enum status poisonctl_save(int argc, char **argv);
enum status poisonctl_saved(int argc, char **argv);
enum status poisonctl_shell(int argc, char **argv);
enum status poisonctl_who(int argc, char **argv);

/* All of them, ending with a name of NULL: main() and the prompt take them from here. */
extern const struct cli_verb poisonctl_verbs[];

#endif
