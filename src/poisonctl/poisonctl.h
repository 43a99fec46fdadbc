/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs of poisonctl, one file each. */
#ifndef MEMPATROL_POISONCTL_H
#define MEMPATROL_POISONCTL_H

#include "say.h"

enum status poisonctl_block(int argc, char **argv);
enum status poisonctl_boot(int argc, char **argv);
enum status poisonctl_forget(int argc, char **argv);
enum status poisonctl_list(int argc, char **argv);
enum status poisonctl_offline(int argc, char **argv);
enum status poisonctl_release(int argc, char **argv);
enum status poisonctl_stat(int argc, char **argv);
enum status poisonctl_restore(int argc, char **argv);
enum status poisonctl_save(int argc, char **argv);
enum status poisonctl_saved(int argc, char **argv);
enum status poisonctl_who(int argc, char **argv);

#endif
