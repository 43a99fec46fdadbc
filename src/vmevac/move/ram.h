/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ram - the memory of a guest: the files behind its RAM blocks, mapped here too. */
#ifndef MEMPATROL_VMEVAC_RAM_H
#define MEMPATROL_VMEVAC_RAM_H

#include "page.h"
#include "page_set.h"
#include "qmp.h"
#include "vms.h"

enum { RAM_BLOCKS_MAX = VMARGS_BACKENDS_MAX };

struct ram_block {
	char id[VMARGS_ID_MAX]; /* QEMU's name of the backend */
	uint64_t va;            /* where QEMU has it mapped */
	uint64_t pages;         /* of PAGE_BYTES */
	int fd;
	bool is_hugetlb;
	unsigned char *memory;
	struct page_set lost;  /* poisoned */
	struct page_set told;  /* their digests have come; the target's */
	struct page_set dirty; /* written since they were looked at last; the source's */
	uint64_t *digest;      /* of what the target has, 0: zeros; the source's */
};

struct ram {
	unsigned int blocks;
	struct ram_block block[RAM_BLOCKS_MAX];
};

/*
 * ram_open - the RAM of VM, a running QEMU that QMP is connected to, as far as PROT (mmap(2)) goes.
 * 0, or -1 with errno and *why: ENOTSUP where a block is not shared memory that can be found. To
 * touch a hole of it never fills the hole when PROT is PROT_READ: that is SIGBUS.
 */
int ram_open(struct ram *ram, const struct root *root, struct vm *vm, struct qmp *qmp, int prot,
	const char **why);
void ram_close(struct ram *ram);

/* ram_open_source, ram_open_target - room for what only one side needs to know; 0 or -1. */
int ram_open_source(struct ram *ram);
int ram_open_target(struct ram *ram);

/* ram_has - there are such pages. */
bool ram_has(const struct ram *ram, uint32_t block, uint64_t first, uint64_t pages);

/*
 * ram_next_data - the next run of pages behind *FIRST + *N that may have content: all others are
 * holes, which read as zeros.  Start with both 0; false behind the last.
 */
bool ram_next_data(const struct ram_block *block, uint64_t *first, uint64_t *n);

/* ram_punch - make pages holes; 0 or -1. */
int ram_punch(const struct ram_block *block, uint64_t first, uint64_t n);

/*
 * ram_find_lost - add to lost what the kernel has taken away from process PID because of an error,
 * or what was marked in its page tables (UFFDIO_POISON).  guard_open() comes before.  0 or -1.
 */
int ram_find_lost(struct ram *ram, const struct root *root, pid_t pid);

#endif
