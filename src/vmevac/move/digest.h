/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest - what tells one content of a page from another. */
#ifndef MEMPATROL_VMEVAC_DIGEST_H
#define MEMPATROL_VMEVAC_DIGEST_H

enum { DIGEST_BYTES = 16 };

/* digest_of - XXH3-128 of a page, in its canonical form (xxhash.h). */
void digest_of(const void *page, unsigned char out[DIGEST_BYTES]);

#endif
