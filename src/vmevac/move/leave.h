/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave - the steps by which a machine leaves this host. */
#ifndef MEMPATROL_VMEVAC_LEAVE_H
#define MEMPATROL_VMEVAC_LEAVE_H

#include "carrier.h"
#include "copy.h"
#include "evac.h"

/* Whether memory may follow when the machine runs at the target already. */
enum post_copy {
	POST_COPY_AUTO, /* where all of it cannot be sent within max_blackout_ns */
	POST_COPY_NEVER,
	POST_COPY_ALWAYS,
	POST_COPY_WAYS,
};

extern const char *const post_copy_words[POST_COPY_WAYS];

struct leave {
	struct evac *evac;
	const struct root *root;
	uint64_t max_rounds, max_blackout_ns;
	enum dirty_mode mode; /* that is wanted */
	enum post_copy post_copy;

	struct carrier carrier;
	struct wire wire;
	struct ram ram;
	struct pages_poison poison;
	struct dirty dirty;
	struct copy copy;
	struct follow follow;
	bool can_follow; /* the target can run without all of its memory, */
	bool follows;    /* and will */
	bool is_pinned;  /* some of the memory may be written to without anybody seeing it */
	uint64_t copy_ns, look_ns; /* of all copying; of the last look at what is left */
	uint64_t doubtful;   /* pages that were written to, but not since the last round began */
	uint64_t last_pages; /* what the last round has left */
	uint64_t least_pages, idle_rounds; /* what a round has left at least, and since when */
	uint64_t part_ns;                  /* when the last part of the blackout ended */
	const char *why;                   /* of the step that failed; "": errno says it */
};

/*
 * leave_go - all steps, until the machine runs at the target with all of its memory.  NULL, or the
 * name of the step that failed, with errno and leave->why.
 * leave_again - those of a move that was cut when the machine was to run there, or did.
 * leave_nothing - none: it has come to its end meanwhile, one or the other.
 */
const char *leave_go(struct leave *leave);
const char *leave_again(struct leave *leave);
const char *leave_nothing(struct leave *leave);

/* leave_close - let go of everything; what there is to say of the command is put into WHY. */
void leave_close(struct leave *leave, char *why, size_t size);

#endif
