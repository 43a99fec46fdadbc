/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prefix - what logs put in front of a message: priorities, times, hosts, program names. */
#ifndef MEMPATROL_PREFIX_H
#define MEMPATROL_PREFIX_H

#include "scan.h"

/* prefix_skip - to the message. */
void prefix_skip(struct scan *s);

/* prefix_time - a time that leaves no doubt: ISO 8601 with its offset from UTC. */
bool prefix_time(const char *text, size_t len, uint64_t *seconds, uint32_t *nsec);

#endif
