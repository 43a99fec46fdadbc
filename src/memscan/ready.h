/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ready - before the first byte is read: everything that the patrol needs is here.  If not,
 * the program ends and says what is missing.
 */
#ifndef MEMPATROL_READY_H
#define MEMPATROL_READY_H

#include "patrol.h"
#include "sources.h"

/* ready_patrol - open what PATROL, with root, physical and steady set, needs of the kernel. */
void ready_patrol(struct patrol *patrol);
void ready_close(struct patrol *patrol);

/*
 * ready_nodes - which memory is on which node, as it is now: memory is plugged in, and taken out.
 */
void ready_nodes(struct patrol *patrol);

/* ready_state - what an earlier memscan has remembered in FILE (state.h). */
void ready_state(const char *file, const struct root *root);

/*
 * ready_sources - the files and processes are there.  What is not there at the start is a mistake;
 * what goes away later is not.
 */
void ready_sources(const struct sources *sources);

/* ready_machines - all virtual machines were found when the sources were last looked at. */
void ready_machines(const struct sources *sources);

#endif
