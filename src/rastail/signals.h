/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals - end by them, but not before what the program set up in the kernel is gone.
 */
#ifndef MEMPATROL_SIGNALS_H
#define MEMPATROL_SIGNALS_H

/*
 * signals_open - hold back all signals that would end the program.
 * Returns a descriptor that becomes readable with the first of them, or -1 with errno.
 */
int signals_open(void);

/* signals_take - read the descriptor. */
void signals_take(void);

/* signals_seen - the number of the signal that was taken, or 0. */
int signals_seen(void);

/* signals_die - die of the signal that was taken, unless it asks for an orderly end. */
void signals_die(void);

#endif
