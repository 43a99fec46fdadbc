/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * departure - a move as a whole, on the side that the machine leaves: its steps, its warden, and
 * the record in the end.
 */
#ifndef MEMPATROL_VMEVAC_DEPARTURE_H
#define MEMPATROL_VMEVAC_DEPARTURE_H

#include "leave.h"

/*
 * departure_open - put AS where a warden sees it, who begins to watch.  It ends the program where
 * that cannot be.
 */
struct evac *departure_open(struct leave *leave, const struct evac *as);

/* departure_run - leave_go() or leave_again(), and whatever has to follow; the status to end with.
 */
enum status departure_run(const char *(*go)(struct leave *leave));

#endif
