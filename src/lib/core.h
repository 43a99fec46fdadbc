/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core - the memory of a crashed or frozen kernel, and the pages that it called poisoned.
 *
 * An ELF core of x86-64 with a VMCOREINFO note: a copy of /proc/vmcore, makedumpfile -E, or
 * QEMU's dump-guest-memory of a guest with the device vmcoreinfo.  No debug symbols are needed.
 * Whatever the file holds, nothing outside of it is read, and memory use does not grow with it.
 */
#ifndef MEMPATROL_CORE_H
#define MEMPATROL_CORE_H

#include "vmcoreinfo.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORE_PHYSICAL_MAX (UINT64_C(1) << 52) /* what a page table entry can address */

/* A stretch of physical memory, and where the file has it. */
struct core_segment {
	uint64_t start, size;  /* of physical memory */
	uint64_t offset, held; /* in the file; bytes there, and the rest is zero */
};

struct core {
	int fd;
	struct core_segment *segment; /* in order of address, apart from each other */
	size_t segments;
	struct vmcoreinfo info;
};

enum core_failure {
	CORE_OK,
	CORE_COMPRESSED, /* "KDUMP   ", or "makedumpfile", its flattened form */
	CORE_FOREIGN,    /* not an ELF core of x86-64 */
	CORE_CUT,        /* the file ends before what it says it holds */
	CORE_MALFORMED,  /* segments or notes that cannot be */
	CORE_NO_INFO,    /* no VMCOREINFO */
	CORE_INFO_LACKS, /* VMCOREINFO without what is needed, see *lacks */
	CORE_SYSTEM,     /* see errno */
};

/*
 * core_open - read the headers of FD, which stays the caller's and must be a file that can be
 * read at any place.  LACKS is set to the name of a line for CORE_INFO_LACKS.
 */
enum core_failure core_open(struct core *core, int fd, const char **lacks);

void core_close(struct core *core);

/*
 * core_read - SIZE bytes of physical memory; false when the file does not describe all of them.
 * core_read_virtual - the same, at an address of the kernel's own.
 */
bool core_read(const struct core *core, uint64_t physical, void *out, size_t size);
bool core_read_virtual(const struct core *core, uint64_t va, void *out, size_t size);

enum core_kind {
	CORE_POISONED,   /* a page with PG_hwpoison; a hugetlb page as a whole */
	CORE_OFFLINE,    /* memory that was offline: its pages have no flags */
	CORE_UNREADABLE, /* the flags of these pages are not in the core */
};

struct core_range {
	enum core_kind kind;
	uint64_t start, size; /* of physical memory, in bytes */
	bool hugetlb;
};

/*
 * core_walk - look at the flags of every page that the kernel had, in order of address, and call
 * FOUND for each range.  Returns the bytes of memory whose flags were read.  Its time grows with
 * the memory that the core describes.
 */
uint64_t core_walk(const struct core *core,
	void (*found)(void *context, const struct core_range *range), void *context);

#endif
