/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts - the files that a RAM block consists of: that of its backend, and one of small pages in
 * the place of each huge page that was lost in part (hugesplit(8)).
 */
#ifndef MEMPATROL_VMEVAC_PARTS_H
#define MEMPATROL_VMEVAC_PARTS_H

#include "page.h"
#include "root.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct part {
	uint64_t first, pages; /* of the block, in PAGE_BYTES */
	int fd;                /* several parts may be of one file */
	dev_t device;
	ino_t inode;
	uint64_t offset;    /* of page FIRST in the file, in bytes */
	uint64_t page_size; /* that of hugetlbfs, or PAGE_BYTES */
};

struct parts {
	unsigned int n, room;
	struct part *part; /* one behind the other */
	bool has_huge;     /* some are of hugetlbfs */
};

/* part_end - the page of the block behind its last. */
static inline uint64_t part_end(const struct part *part)
{
	return part->first + part->pages;
}

/* part_offset - of page PAGE of the block in its file, in bytes. */
static inline off_t part_offset(const struct part *part, uint64_t page)
{
	return (off_t)(part->offset + (page - part->first) * PAGE_BYTES);
}

/* All that return int return 0, or -1 with errno. */

/* parts_open - the files behind the addresses START to END - 1 of process PID, all of them mapped.
 */
int parts_open(
	struct parts *parts, const struct root *root, pid_t pid, uint64_t start, uint64_t end);

/* parts_add - one more, behind all others: PAGES pages of FD from OFFSET on.  FD is taken over. */
int parts_add(struct parts *parts, int fd, uint64_t offset, uint64_t pages);

/*
 * parts_replace - from now on, PAGES pages from FIRST on, all of one part, are FD's first.  FD is
 * taken over.
 */
int parts_replace(struct parts *parts, uint64_t first, uint64_t pages, int fd);

void parts_close(struct parts *parts);

/*
 * parts_map - all of them, one behind the other, as far as PROT (mmap(2)) goes; NULL with errno. To
 * touch a hole fills it only where PROT has PROT_WRITE, and is SIGBUS otherwise.
 */
void *parts_map(const struct parts *parts, int prot);

/* part_map - one of them, in its place in MEMORY, which parts_map() has returned. */
int part_map(const struct part *part, void *memory, int prot);

/* parts_at - the one that has page PAGE of the block, which there is. */
const struct part *parts_at(const struct parts *parts, uint64_t page);

/*
 * parts_next_data - the next run of pages behind *FIRST + *N that may have content: all others are
 * holes, which read as zeros.  It ends with its part.  Start with both 0.  1; 0 behind the last;
 * -1 with errno: then nothing is known of what follows, and that may have content.
 */
int parts_next_data(const struct parts *parts, uint64_t *first, uint64_t *n);

/*
 * parts_has_data - page PAGE may have content: 1; 0: it is a hole, as far as can be told of a page
 * of hugetlbfs; -1 with errno.
 */
int parts_has_data(const struct parts *parts, uint64_t page);

/*
 * parts_write - N pages from FIRST on get DATA.  Written to its file a page is neither cleared
 * before nor mapped here, as one that is touched would be; hugetlbfs takes no writes, and has it by
 * way of MEMORY, which parts_map() has returned.
 */
int parts_write(
	const struct parts *parts, void *memory, uint64_t first, uint64_t n, const void *data);

/* parts_punch - make pages holes, or zeros where they are a part of a huge one; MEMORY as above. */
int parts_punch(const struct parts *parts, void *memory, uint64_t first, uint64_t n);

/*
 * parts_reserve - huge pages that are holes are kept for who touches them, which is SIGBUS where
 * there is none left; to punch them has given that up.  ENOMEM: there are not so many.
 */
int parts_reserve(const struct parts *parts);

/*
 * parts_miss - what pages have is of no use any more, and who looks for it is to wait.  Small ones
 * become holes; of huge ones, which may not be had again, at least there is room for them.
 */
int parts_miss(const struct parts *parts, void *memory, uint64_t first, uint64_t n);

/* part_unit - the first of the pages that a process gets at once with PAGE, *N of them. */
uint64_t part_unit(const struct part *part, uint64_t page, uint64_t *n);

/* part_is_huge - the kernel tells of its pages as a whole only. */
bool part_is_huge(const struct part *part);

#endif
