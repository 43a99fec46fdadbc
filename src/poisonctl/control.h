/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control - the kernel's files that change what it does with pages.
 *
 * For programs only: what is missing on this machine ends the program.
 */
#ifndef MEMPATROL_CONTROL_H
#define MEMPATROL_CONTROL_H

#include "root.h"

/* What unpoisons and poisons pages is a module that nobody has loaded by chance. */
#define CONTROL_UNPOISON "sys/kernel/debug/hwpoison/unpoison-pfn"
#define CONTROL_POISON   "sys/kernel/debug/hwpoison/corrupt-pfn"

/*
 * control_need - PATH can be written, else the program ends: STATUS_UNSUPPORTED when it is not
 * there, with the name of the MODULE that brings it, if not NULL.  Nothing is ever loaded here.
 */
void control_need(const struct root *root, const char *path, const char *module);

#endif
