/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * images - which disk images a QEMU holds, as the kernel sees it: by the locks that it has on
 * them, and what was parked in it to keep it from taking them back.
 *
 * QEMU locks a byte of each image for each thing that it does with it (raw_apply_lock_bytes()
 * in block/file-posix.c): a shared lock on byte 100 + N says that it does N, one on byte 200 + N
 * that nobody else may, where N is 1 for writing (BLK_PERM_WRITE).  These are open file
 * description locks, so each is where its descriptor is (/proc/PID/fdinfo).
 */
#ifndef MEMPATROL_VMEVAC_IMAGES_H
#define MEMPATROL_VMEVAC_IMAGES_H

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IMAGES_MAX = 256,
	IMAGE_KEPT = 99, /* no byte of QEMU's: the descriptor is one that images_keep() made */
	IMAGE_WRITES = 101,
	IMAGE_FORBIDS_WRITES = 201,
};

struct images {
	unsigned int written;       /* descriptors by which images may be written to */
	unsigned int kept;          /* that we have parked */
	unsigned int latched;       /* of those, so many forbid to write */
	bool marked;                /* images_mark() is there */
	int written_fd[IMAGES_MAX]; /* in the QEMU */
	int kept_fd[IMAGES_MAX];
};

/* images_look - at process PID; 0, or -1 with errno (EOVERFLOW: more than IMAGES_MAX). */
int images_look(struct images *images, const struct root *root, pid_t pid);

/*
 * images_lock_covers - LINE, LEN bytes of a fdinfo, tells of an open file description lock
 * that covers byte AT.
 */
bool images_lock_covers(const char *line, size_t len, uint64_t at);

/* images_open - open what descriptor FD of PID is once more, for reading; -1 with errno. */
int images_open(const struct root *root, pid_t pid, int fd);

/*
 * images_keep - lock FD so that images_look() finds it in whoever has it; if LATCHED, also so
 * that no QEMU can take it for writing.  -1 with errno.
 */
int images_keep(int fd, bool latched);

/* images_is_written - somebody who locks as QEMU does says that he writes to what FD is. */
bool images_is_written(int fd);

/* images_mark - a descriptor that images_look() finds in whoever has it; -1 with errno. */
int images_mark(void);

#endif
