/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page - what the kernel says of physical pages: /proc/kpageflags,
 * /proc/kpagecount and /proc/PID/pagemap
 * (Documentation/admin-guide/mm/pagemap.rst, fs/proc/page.c, fs/proc/task_mmu.c).
 *
 * Frames are numbered in pages of PAGE_BYTES.  Functions return -1 with errno.
 */
#ifndef MEMPATROL_PAGE_H
#define MEMPATROL_PAGE_H

#include "root.h"

#include <linux/kernel-page-flags.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Base pages are 4 KiB wherever memory is offlined today; other sizes end in STATUS_UNSUPPORTED. */
enum { PAGE_SHIFT = 12, PAGE_BYTES = 1 << PAGE_SHIFT };

/* page_size_is_supported - the running kernel's base page has PAGE_BYTES. */
bool page_size_is_supported(void);

/* A bit of kpageflags, KPF_HWPOISON and so on (linux/kernel-page-flags.h). */
static inline bool page_has(uint64_t flags, int bit)
{
	return flags >> bit & 1;
}

/* page_flags_open, page_count_open - the files, readable by root only (EACCES, EPERM). */
int page_flags_open(const struct root *root);
int page_count_open(const struct root *root);

/*
 * page_read - the words of N frames from PFN on, from either file.
 * Returns how many there were: fewer than N at the end of memory.
 */
ssize_t page_read(int fd, uint64_t pfn, uint64_t *words, size_t n);

/*
 * page_kind - the word for what a page is used for: hugetlb, thp, slab, pgtable,
 * free, offline, anon, file, reserved, nopage or kernel.
 */
const char *page_kind(uint64_t flags);

/* page_is_zero - all PAGE_BYTES at PAGE, which is aligned, are zero. */
bool page_is_zero(const void *page);

/* --- /proc/PID/pagemap: one word for each page of a process --- */

#define PAGEMAP_FRAME ((UINT64_C(1) << 55) - 1)

/* pagemap_open - of process PID, 0 for the caller's own. */
int pagemap_open(const struct root *root, pid_t pid);

/* pagemap_read - the words of N pages from virtual address VA on; how many, as page_read(). */
ssize_t pagemap_read(int fd, uint64_t va, uint64_t *words, size_t n);

/* pagemap_is_present - the page is in memory and mapped. */
static inline bool pagemap_is_present(uint64_t word)
{
	return word >> 63; /* PM_PRESENT in fs/proc/task_mmu.c */
}

/* pagemap_is_none - nothing is mapped there: no page, nor one that is elsewhere, nor a mark. */
static inline bool pagemap_is_none(uint64_t word)
{
	return !(word >> 62); /* neither PM_PRESENT nor PM_SWAP */
}

/*
 * pagemap_pfn - the frame of a present page.  0 when it is not present, or when the
 * reader may not know (CAP_SYS_ADMIN): frame 0 is never mapped.
 */
static inline uint64_t pagemap_pfn(uint64_t word)
{
	return pagemap_is_present(word) ? word & PAGEMAP_FRAME : 0;
}

/*
 * pagemap_swap_pfn - the frame that a non-present entry's offset names.
 *
 * Where memory_failure() took a page away it leaves a hwpoison entry whose
 * swap offset is the frame (make_hwpoison_entry in include/linux/swapops.h), and
 * pagemap shows the offset like that of any swapped page.  For one that really
 * is in swap the number means nothing: believe it only if kpageflags says that
 * frame is poisoned.  0 when the word is not of that form.
 */
uint64_t pagemap_swap_pfn(uint64_t word);

/*
 * pagemap_swap_is_special - the type of a non-present entry is not that of a swap file, in a
 * kernel that has all the types that there are: of 32, those from 23 on stand for
 * poison, migration, device memory and markers (MAX_SWAPFILES in include/linux/swap.h).
 * Kernels with fewer types have more numbers for swap files, which nobody uses up.
 */
bool pagemap_swap_is_special(uint64_t word);

/* pagemap_is_empty - nothing was ever there, or it has been given back. */
static inline bool pagemap_is_empty(uint64_t word)
{
	return !(word >> 62); /* PM_PRESENT, PM_SWAP */
}

/*
 * pagemap_is_marked_bad - somebody, or swap that could not be read, has left a marker in the
 * place of the page: it is lost to this process, whatever others have there (UFFDIO_POISON in
 * ioctl_userfaultfd(2); SWP_PTE_MARKER and PTE_MARKER_POISONED in include/linux/swapops.h, the
 * last of the types).
 */
bool pagemap_is_marked_bad(uint64_t word);

#endif
