/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mcelograw - machine checks as mcelog --raw prints them: a register a line. */
#ifndef MEMPATROL_MCELOGRAW_H
#define MEMPATROL_MCELOGRAW_H

#include <stdbool.h>
#include <stddef.h>

/* mcelograw_line - false: the line is none of these.  mcelograw_flush - hand over what is open. */
bool mcelograw_line(const char *text, size_t len);
void mcelograw_flush(void);

#endif
