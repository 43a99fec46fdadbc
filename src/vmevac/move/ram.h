/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ram - the memory of a guest: the files behind its RAM blocks, mapped here too. */
#ifndef MEMPATROL_VMEVAC_RAM_H
#define MEMPATROL_VMEVAC_RAM_H

#include "digest.h"
#include "page.h"
#include "page_set.h"
#include "parts.h"
#include "qmp.h"
#include "vm/pages.h"
#include "vms.h"

enum { RAM_BLOCKS_MAX = VMARGS_BACKENDS_MAX };

struct ram_block {
	char id[VMARGS_ID_MAX]; /* QEMU's name of the backend */
	uint64_t va;            /* where QEMU has it mapped */
	uint64_t pages;         /* of PAGE_BYTES */
	struct parts parts;
	unsigned char *memory; /* all of it; see parts_map() */
	struct page_set lost;  /* poisoned */

	/* Of the source. */
	struct page_set dirty;   /* written since they were looked at last */
	struct page_set written; /* written since no request was under way; see dirty.h */
	uint64_t *digest;        /* of what the target has, in short; 0: zeros */

	/* Of the target. */
	unsigned char *arrived;  /* DIGEST_BYTES for each page as it came; 0: zeros */
	struct page_set noted;   /* of them, so is known of these */
	struct page_set told;    /* what the source has in the end has been said */
	struct page_set missing; /* still to come: holes until then, but for huge pages */
	struct page_set unasked; /* of them, these have not been asked for */
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

/*
 * ram_open_source, ram_open_target - room for what only one side needs to know; 0 or -1.  All of
 * the target's pages are noted, as zeros.
 */
int ram_open_source(struct ram *ram);
int ram_open_target(struct ram *ram);

/*
 * ram_miss_holes - after a cut: all that is a hole, and not lost, may be missing, and so may each
 * huge page that is not mapped in the QEMU that PAGEMAP is of.  0 or -1.
 */
int ram_miss_holes(struct ram *ram, int pagemap);

/* ram_has - there are such pages. */
bool ram_has(const struct ram *ram, uint32_t block, uint64_t first, uint64_t pages);

/* ram_lost - how many pages are lost. */
uint64_t ram_lost(const struct ram *ram);

/*
 * ram_find_lost - add to lost what the kernel has taken away because of an error from the process
 * that POISON tells of, or what was marked in its page tables (UFFDIO_POISON).  guard_open() comes
 * before.  0 or -1.
 */
int ram_find_lost(struct ram *ram, const struct pages_poison *poison);

#endif
