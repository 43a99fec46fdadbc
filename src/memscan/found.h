/* SPDX-License-Identifier: GPL-2.0-or-later */
/* found - what is told, and remembered, of the pages that a patrol has read. */
#ifndef MEMPATROL_FOUND_H
#define MEMPATROL_FOUND_H

#include "guard.h"
#include "patrol.h"
#include "window.h"

/*
 * found_error - FAULT was met at POSITION of the window, where the page table had said WORD
 * (pagemap, page.h) before.
 */
void found_error(struct patrol *patrol, const struct window *window, size_t position, uint64_t word,
	const struct guard_fault *fault);

/* found_known - the kernel has taken away the page of BYTES at POSITION before. */
void found_known(
	struct patrol *patrol, const struct window *window, size_t position, uint64_t bytes);

/* found_clean - the huge page of AREA to which WORD belongs was read from end to end. */
void found_clean(const struct patrol *patrol, const struct area *area, uint64_t word);

#endif
