/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * warden - a second process that puts things right when this one ends before it has.
 *
 * Whatever ends the first, a signal or a mistake, a socket tells the warden.  It is in a session of
 * its own, so that what is sent to a terminal's processes does not reach it, and does not end of
 * the signals that a service and all its processes are stopped by.  What it has to know is in
 * memory that both see.  It keeps all rights that there were in the beginning.
 */
#ifndef MEMPATROL_VMEVAC_WARDEN_H
#define MEMPATROL_VMEVAC_WARDEN_H

#include "inject.h"

#include <stddef.h>

/* warden_memory - SIZE bytes of zeros that both will see; NULL with errno. */
void *warden_memory(size_t size);

/*
 * warden_start - the warden closes what it must not hold by BEGIN, does ANSWER when it is asked to,
 * and calls SETTLE if this process ends without warden_dismiss().  0, or -1 with errno.
 */
int warden_start(void (*begin)(void), int (*answer)(void), void (*settle)(void));

/* warden_ask - what ANSWER returns there, 0 or -1; -1 also when there is no warden any more. */
int warden_ask(void);

/*
 * warden_repair - let go of a process that the other one has died on, whatever it was having it
 * do; nothing where it did not have it do anything.  IN was all 0 in the beginning.
 */
void warden_repair(struct inject *in);

/*
 * warden_take_signals - in a child that is to become another program: it ends of the signals that
 * its parent, if that is a warden, does not end of.
 */
void warden_take_signals(void);

/* warden_dismiss - there is nothing more to put right. */
void warden_dismiss(void);

#endif
