/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager - put pages of a guest's memory into a QEMU that may be touching them: lost ones as poison,
 * those that are still to come when they are there.
 *
 * A thread of QEMU, or of KVM on its behalf, that touches a hole waits until it is filled
 * (userfaultfd(2), UFFDIO_REGISTER_MODE_MISSING).  Holes are filled with UFFDIO_COPY alone, which
 * shows a page to others when it is whole; nobody here touches the memory itself.
 *
 * Huge pages of hugetlbfs, of which a freed one may be somebody else's in the next moment, stay
 * where they are and are written to.  QEMU has none of them in its page tables, and who touches one
 * waits (UFFDIO_REGISTER_MODE_MINOR, Linux 5.13) until it is whole and shown (UFFDIO_CONTINUE).
 *
 * The userfaultfd stays open in QEMU too: whoever of us dies, those threads wait on, and another
 * can take it from there and go on.  QEMU alone without us is a machine that stands still where
 * it lacks memory, never one that is fed zeros.
 */
#ifndef MEMPATROL_VMEVAC_PAGER_H
#define MEMPATROL_VMEVAC_PAGER_H

#include "inject.h"
#include "ram.h"

struct pager {
	struct ram *ram;
	int uffd;      /* -1: none */
	int theirs;    /* its number in QEMU */
	int error;     /* why there is none */
	bool can_wait; /* all of the memory can be waited for */
	const struct root *root;
	pid_t pid;
};

/*
 * pager_open - have a userfaultfd for process PID, which holds RAM; IN is to work with, as for
 * inject_stop().  Where the kernel lets none be had, that is told when it is needed.
 */
void pager_open(struct pager *pager, struct ram *ram, struct inject *in, const struct root *root,
	pid_t pid);

/* pager_find - the one that was left in process PID, with memory that is waited for; -1 with errno.
 */
int pager_find(struct pager *pager, struct ram *ram, const struct root *root, pid_t pid);

/* All that follow return 0, or -1 with errno. */

/*
 * pager_arm - from now on, who touches a hole waits; and the pages in block->lost, which must be
 * holes, are poison (UFFDIO_POISON, Linux 6.6): a guest of KVM that touches one gets the machine
 * check that it would have got at the source, with the same guest physical address; QEMU itself,
 * and a guest that it emulates, die of it.  ENOTSUP: this kernel cannot.
 */
int pager_arm(struct pager *pager);

/*
 * pager_put - N pages from FIRST on, which are missing, with DATA; NULL: zeros.  Small ones that
 * are there already stay as they are, and small zeros stay holes.
 */
int pager_put(
	struct pager *pager, unsigned int block, uint64_t first, uint64_t n, const void *data);

/*
 * pager_put_poison - N pages that were lost after all, and are in block->lost.  A huge page is
 * poison as a whole, as the kernel would have it, when nothing of it is missing any more.
 */
int pager_put_poison(struct pager *pager, unsigned int block, uint64_t first, uint64_t n);

/* pager_finish - N pages from FIRST on have been put, and are not in block->missing any more. */
int pager_finish(struct pager *pager, unsigned int block, uint64_t first, uint64_t n);

/* pager_fill - somebody waits for PAGE, of which nothing is missing: as it is, or zeros. */
int pager_fill(struct pager *pager, unsigned int block, uint64_t page);

/* pager_wake - who waits for one of N pages looks once more. */
int pager_wake(struct pager *pager, unsigned int block, uint64_t first, uint64_t n);

/*
 * pager_next_fault - the page that somebody waits for; 1, 0 when nobody else does, or -1.  What
 * lies outside the RAM is none.
 */
int pager_next_fault(struct pager *pager, unsigned int *block, uint64_t *page);

/* pager_let_go - nobody waits any more: holes are zeros, poison stays. */
void pager_let_go(const struct pager *pager);

/* pager_close - after that.  Should the descriptor in QEMU stay, it does no harm. */
void pager_close(struct pager *pager, struct inject *in, const struct root *root, pid_t pid);

#endif
