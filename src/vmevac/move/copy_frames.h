/* SPDX-License-Identifier: GPL-2.0-or-later */
/* copy_frames - put pages together to frames, for copy.c; 0, or -1 with errno and wire->why. */
#ifndef MEMPATROL_VMEVAC_COPY_FRAMES_H
#define MEMPATROL_VMEVAC_COPY_FRAMES_H

#include "copy.h"

/* The next page with its content, one that is zeros, and one of which DIGEST is told. */
int copy_add_content(struct copy *copy, uint32_t block, uint64_t page, const void *data);
int copy_add_zero(struct copy *copy, uint32_t block, uint64_t page);
int copy_add_digest(struct copy *copy, uint32_t block, uint64_t page, const unsigned char *digest);

/* copy_flush_content - send what content there is, before it is loaded over. */
int copy_flush_content(struct copy *copy);

/* copy_flush - send all of that: what has been sent comes before what is said of it. */
int copy_flush(struct copy *copy);

#endif
