/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * salvage - what can still be had of a huge page with an error in it.
 *
 * The kernel has unmapped the page, and only read(2) on its file gives out the rest: EIO for the
 * 4 KiB that it knows to be bad (hugetlbfs_read_iter(), since Linux 6.6).  That read is made by the
 * kernel: should there be a second error that nobody has met, the machine is at its end.  So
 * only what a policy calls safe enough is read, the safest first.
 */
#ifndef HUGESPLIT_SALVAGE_H
#define HUGESPLIT_SALVAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SALVAGE_ANY_AGE UINT64_MAX

/* What salvage_drop() is meant to be called for. */
#define SALVAGE_PIECE (UINT64_C(2) << 20)

/* What is known of the page, from a ue record (records(5)). */
struct salvage_hint {
	bool has_bad; /* where the error is, by offset in the file */
	uint64_t bad;
	uint64_t verified_off, verified_size; /* read without an error just before; size 0: none */
	uint64_t verified_ns;                 /* since then */
	bool has_age;
	uint64_t age_ns; /* since all of it was, by now */
};

enum salvage_state {
	SALVAGE_UNREAD, /* 0: nothing was tried, it is given up */
	SALVAGE_GOOD,
	SALVAGE_LOST,
};

struct salvage {
	uint64_t size;        /* of the huge page */
	char *data;           /* size bytes, of which those of good pages mean something */
	unsigned char *state; /* an enum salvage_state for each page */
	uint64_t good;        /* bytes */
};

/* salvage_open - room for a page of SIZE bytes; 0 or -1.  It can be seen by children. */
int salvage_open(struct salvage *salvage, uint64_t size);
void salvage_close(struct salvage *salvage);

/* salvage_drop - give the memory of these bytes back, wherever else they are seen, too. */
void salvage_drop(struct salvage *salvage, uint64_t at, uint64_t size);

/* salvage_reset - as if nothing had been read yet. */
void salvage_reset(struct salvage *salvage);

/* salvage_judge - NULL, or "unverified": nothing may be read of a page of which HINT is known. */
const char *salvage_judge(const struct salvage_hint *hint, uint64_t max_age_ns);

/*
 * salvage_read - read what may be read of the page at OFFSET of FD: the error's own 4 KiB, where it
 * is known, which is safe; then what HINT calls verified, and then the rest, each if it was clean
 * no longer than MAX_AGE_NS ago, or if that is SALVAGE_ANY_AGE.
 * NULL, or the word for why there is nothing to do: "no-poison", "unverified", "nothing-left",
 * or "failed" with errno.
 */
const char *salvage_read(struct salvage *salvage, int fd, uint64_t offset,
	const struct salvage_hint *hint, uint64_t max_age_ns);

/*
 * salvage_next - the run of pages behind *AT of which all (GOOD), or none, have been saved: from
 * *AT on, *SIZE bytes.  Start with *AT and *SIZE 0; false behind the last.
 */
bool salvage_next(const struct salvage *salvage, bool good, uint64_t *at, uint64_t *size);

#endif
