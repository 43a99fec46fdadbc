/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window - a piece of an area mapped here, never filling a hole of it.
 *
 * Reading a hole of shared memory allocates a page: a sweep that did would make
 * a guest's memory grow.  So the window is registered with a userfaultfd for
 * missing pages with UFFD_FEATURE_SIGBUS: whatever is missing stays missing and
 * the load faults, also when the owner punches the hole in mid-sweep.  Before
 * any load MADV_POPULATE_READ maps what is there: it stops with EFAULT
 * at a hole and with EHWPOISON at a page the kernel has taken away, without a
 * signal and without reading a byte.
 */
#ifndef MEMPATROL_WINDOW_H
#define MEMPATROL_WINDOW_H

#include "area.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Memory is mapped and given back in pieces of this size, or of one huge page if that is larger.
 * What is mapped counts as resident here; larger pieces are not faster (tests/bench/patrol).
 */
enum { WINDOW_BYTES = 16 << 20 };

struct window {
	const struct area *area;
	char *start;
	uint64_t offset; /* of start in the file */
	size_t size;
};

enum run_kind {
	RUN_READABLE, /* mapped: may be read, at the risk of meeting an error */
	RUN_HOLE,     /* no page there */
	RUN_POISONED, /* one page that the kernel already knows to be bad */
	RUN_FAILED,   /* see errno */
};

struct run {
	enum run_kind kind;
	size_t size;
};

/*
 * window_open_guard - make ready to guard holes, once.  Returns NULL, or what could not be
 * done, with errno (EPERM: not permitted here, EINVAL or ENOSYS: not on this kernel).
 */
const char *window_open_guard(const struct root *root);

/* window_open - map SIZE bytes (whole pages) of AREA from file OFFSET on; -1 with errno. */
int window_open(struct window *window, const struct area *area, uint64_t offset, size_t size);

void window_close(struct window *window);

/*
 * window_screen - what the window holds from POSITION on, up to the next change,
 * with everything that is RUN_READABLE mapped.
 */
struct run window_screen(const struct window *window, size_t position);

/*
 * window_frames - the pagemap words (page.h) of our own mapping for N base
 * pages at POSITION; -1 with errno.
 */
int window_frames(const struct window *window, size_t position, uint64_t *words, size_t n);

#endif
