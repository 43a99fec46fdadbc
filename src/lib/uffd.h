/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uffd - page faults and page tables from user space (userfaultfd(2), ioctl_userfaultfd(2)).
 *
 * Functions return -1 with errno; what is missing from the headers of Debian 12 (Linux 6.1) is
 * defined here.
 */
#ifndef MEMPATROL_UFFD_H
#define MEMPATROL_UFFD_H

#include "inject.h"

#include <linux/userfaultfd.h>
#include <stdint.h>

#ifndef UFFDIO_POISON /* Linux 6.6 */
#define UFFD_FEATURE_POISON (1 << 14)
#define _UFFDIO_POISON      (0x08)
#define UFFDIO_POISON       _IOWR(UFFDIO, _UFFDIO_POISON, struct uffdio_poison)
struct uffdio_poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};
#endif

#ifndef USERFAULTFD_IOC_NEW /* Linux 6.1 */
#define USERFAULTFD_IOC_NEW _IO(0xAA, 0x00)
#endif

#ifndef UFFD_FEATURE_WP_UNPOPULATED /* Linux 6.4 */
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif
#ifndef UFFD_FEATURE_WP_ASYNC /* Linux 6.7 */
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif

/* uffd_features - the UFFD_FEATURE bits that this kernel has; -1: see errno (ENOSYS: none at all).
 */
int uffd_features(uint64_t *out);

/*
 * uffd_open_in - a userfaultfd for the memory of a process that inject_stop() holds, with FEATURES.
 * It is the caller's own: in the process nothing stays.  EINVAL: a feature that there is not.
 */
int uffd_open_in(struct inject *in, uint64_t features);

/*
 * uffd_leave_in - the same for faults of the kernel too, as when KVM or a system call touches
 * memory; and its descriptor stays in the process, *THEIRS, so that what waits for a page goes on
 * waiting when the caller ends.  Without CAP_SYS_PTRACE in the process it comes from
 * /dev/userfaultfd (Linux 6.1), which the caller must be allowed to open.
 */
int uffd_leave_in(struct inject *in, uint64_t features, int *theirs);

/*
 * uffd_find_in - the caller's own descriptor of one that was left in process PID; -1 with errno
 * (ENOENT: there is none).
 */
int uffd_find_in(const struct root *root, pid_t pid, int *theirs);

/*
 * uffd_register - what touches a hole of the SIZE bytes at START waits
 * (UFFDIO_REGISTER_MODE_MISSING and so on in MODE); EBUSY: another userfaultfd has them.
 */
int uffd_register(int uffd, uint64_t start, uint64_t size, uint64_t mode);
int uffd_unregister(int uffd, uint64_t start, uint64_t size);

/*
 * uffd_poison - make holes of a registered range such that touching them is an uncorrectable
 * memory error: SIGBUS with BUS_MCEERR_AR.  That outlives the userfaultfd, fork(2) and mremap(2).
 */
int uffd_poison(int uffd, uint64_t start, uint64_t size);

/*
 * uffd_copy - fill the hole of SIZE bytes at START of a registered range with DATA, and wake who
 * waits for it.  EEXIST: at least some of it is no hole.
 */
int uffd_copy(int uffd, uint64_t start, const void *data, uint64_t size);

/*
 * uffd_continue - map what the file has behind the SIZE bytes at START of a registered range, and
 * wake who waits for it.  EEXIST: at least some of it is mapped; EFAULT: it is a hole of the file.
 */
int uffd_continue(int uffd, uint64_t start, uint64_t size);

/* uffd_wake - have those who wait for the SIZE bytes at START try again. */
int uffd_wake(int uffd, uint64_t start, uint64_t size);

#endif
