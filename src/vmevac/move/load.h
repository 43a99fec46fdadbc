/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load - copy pages out of memory that may be bad, and live through it. */
#ifndef MEMPATROL_VMEVAC_LOAD_H
#define MEMPATROL_VMEVAC_LOAD_H

#include "page.h"
#include "parts.h"
#include "wire.h"

enum page_content {
	PAGE_DATA,
	PAGE_ZERO, /* zeros, or a hole */
	PAGE_LOST, /* a memory error was met, or it cannot be had from where it is kept */
};

/* Pages as they were at one time. */
struct load {
	_Alignas(64) unsigned char data[WIRE_PAGES_MAX][PAGE_BYTES];
	enum page_content content[WIRE_PAGES_MAX];
};

/* load_open - make ready, once; 0, or -1 with errno. */
int load_open(void);

/*
 * load_pages - N pages from page FIRST of PARTS on, at most WIRE_PAGES_MAX; MEMORY is what
 * parts_map() has returned.  The first that is lost ends it, so that the next read is another's:
 * two errors at once would be the end of the machine.  Returns how many have been looked at, the
 * lost one included; -1 with errno where it cannot be told what a page is.
 */
int load_pages(struct load *load, const struct parts *parts, const unsigned char *memory,
	uint64_t first, unsigned int n);

#endif
