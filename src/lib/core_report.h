/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core_report - print the poisoned pages of a core as records.  For programs only. */
#ifndef MEMPATROL_CORE_REPORT_H
#define MEMPATROL_CORE_REPORT_H

#include <stdint.h>

/*
 * core_report - print a page record for every poisoned page in the core FILE, a skip record for
 * memory whose pages cannot be told, and done; SRC is the program in them.
 * Returns how many page records that were.  What is no core that can be read ends the program,
 * with STATUS_UNSUPPORTED where another kind of core would do and STATUS_FAILED otherwise.
 */
uint64_t core_report(const char *src, const char *file);

#endif
