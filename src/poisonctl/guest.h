/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest - what memory of a process is to the virtual machine that it runs: what its QEMU
 * has told (guest_ask.h), or else concluded from its command line.
 */
#ifndef MEMPATROL_GUEST_H
#define MEMPATROL_GUEST_H

#include "mtree.h"
#include "vms.h"

#include <stdbool.h>
#include <stdint.h>

enum { GUEST_RANGES_MAX = 1024 };

struct guest {
	bool is_vm;
	struct vm vm;
	unsigned int ranges; /* 0: QEMU was not asked, or did not say */
	struct guest_range {
		uint64_t hva;
		struct mtree_range guest;
	} range[GUEST_RANGES_MAX];
	bool has_vhost_user;
};

/* What a page is to a guest. */
struct guest_page {
	const char *backend; /* NULL: not known */
	bool has_gpa;
	uint64_t gpa;
	const char *gpa_src; /* "qmp", or "layout" */
	bool has_memslot;
	uint64_t memslot; /* guest physical address at which its memory slot of KVM begins */
};

/*
 * guest_enter - is process PID a virtual machine, and how is its memory laid out?
 * 0, or -1 with errno.
 */
int guest_enter(struct guest *guest, const struct root *root, pid_t pid);

/* guest_find - address VA of VMA in guest; what is not known is left out. */
void guest_find(
	const struct guest *guest, const struct vma *vma, uint64_t va, struct guest_page *out);

/* guest_is_straight - two addresses of VMA are as far apart in guest, or not its memory. */
bool guest_is_straight(const struct guest *guest, const struct vma *vma, uint64_t a, uint64_t b);

#endif
