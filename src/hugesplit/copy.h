/* SPDX-License-Identifier: GPL-2.0-or-later */
/* copy - a file of hugetlbfs that nobody uses, without what is bad in it. */
#ifndef HUGESPLIT_COPY_H
#define HUGESPLIT_COPY_H

#include "say.h"

/*
 * copy_file - write what can be saved of file FROM to the new file TO, with holes where there
 * are zeros or where it is lost, and print a lost record for each range of that.
 * STATUS_SOME if there is one.  All of FROM is read, whatever the risk (salvage.h).
 */
enum status copy_file(const char *from, const char *to);

#endif
