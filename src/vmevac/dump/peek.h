/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peek - read the memory of a virtual machine so that no error in it harms anybody.
 *
 * A load that meets an error in user mode costs the reader a SIGBUS; one that the kernel makes
 * for read(2) of the memory's file, or for process_vm_readv(2), is the end of the host.  So:
 *
 * Memory that is shared is mapped here and loaded, past its holes (window.h).
 *
 * Private memory nobody else can map.  Its own process is made to write(2) it (inject.h): there
 * the kernel copies from an address of a process, for which it stops with EFAULT at an error
 * (copy_from_user() and its EX_TYPE_UACCESS in arch/x86).  The process stands still meanwhile.
 */
#ifndef MEMPATROL_VMEVAC_PEEK_H
#define MEMPATROL_VMEVAC_PEEK_H

#include "root.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What came of it; each returns 0 to go on, or -1 with errno to end it. */
struct peek_visitor {
	/*
	 * Whole pages that are not all zero, in order of address; DATA holds until the return.
	 * Pages that are zero, or not there, are not visited.
	 */
	int (*data)(void *context, uint64_t va, const void *data, size_t size);
	/* Pages that cannot be read; MET: because of an error that was met just now. */
	int (*lost)(void *context, uint64_t va, uint64_t size, bool met);
	void *context;
};

struct peek {
	const struct root *root;
	pid_t pid;
	uint64_t start;  /* of pid, see process_start() */
	const char *why; /* after a failure: what was done; errno says the rest */
	int pagemap;     /* of pid */
};

/* peek_open - begin to read the memory of PID; -1 with errno and why. */
int peek_open(struct peek *peek, const struct root *root, pid_t pid, uint64_t start);

void peek_close(struct peek *peek);

/* peek_read - all SIZE bytes (whole pages) from VA on; 0, or -1 with errno and why. */
int peek_read(struct peek *peek, uint64_t va, uint64_t size, const struct peek_visitor *visitor);

/* --- For the parts of peek only --- */

struct vma;

/* The stretch START to END of VMA, which is shared, or private. */
int peek_shared(struct peek *peek, const struct vma *vma, uint64_t start, uint64_t end,
	const struct peek_visitor *visitor);
int peek_private(struct peek *peek, const struct vma *vma, uint64_t start, uint64_t end,
	const struct peek_visitor *visitor);

/*
 * peek_hand_over - visit what of the SIZE bytes at DATA, of address VA on, is not zero;
 * ZERO[i] tells of page i.
 */
int peek_hand_over(const struct peek_visitor *visitor, uint64_t va, const char *data, size_t size,
	const bool *zero);

/* peek_words - the pagemap words (page.h) of N pages of the process from VA on; 0 or -1. */
int peek_words(struct peek *peek, uint64_t va, uint64_t *words, size_t n);

#endif
