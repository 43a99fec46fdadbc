/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs of vmevac, one file each. */
#ifndef MEMPATROL_VMEVAC_H
#define MEMPATROL_VMEVAC_H

#include "say.h"

enum status vmevac_drain(int argc, char **argv);
enum status vmevac_dump(int argc, char **argv);
enum status vmevac_list(int argc, char **argv);
enum status vmevac_plan(int argc, char **argv);
enum status vmevac_quiesce(int argc, char **argv);
enum status vmevac_resume(int argc, char **argv);
enum status vmevac_send(int argc, char **argv);
enum status vmevac_recover(int argc, char **argv);
enum status vmevac_recv(int argc, char **argv);
enum status vmevac_signal(int argc, char **argv);
enum status vmevac_state(int argc, char **argv);

#endif
