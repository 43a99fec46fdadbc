/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuse - processes and mappings that must be left alone. */
#ifndef HUGESPLIT_REFUSE_H
#define HUGESPLIT_REFUSE_H

#include "root.h"
#include "target.h"

/*
 * refuse_architecture - "architecture" if no calls can be made in process PID, "failed" with errno
 * where that cannot be told; or NULL.
 */
const char *refuse_architecture(const struct root *root, pid_t pid);

/*
 * refuse_mapping - the word for why the mapping is not replaced: "no-hugetlb", "private",
 * "userfaultfd" (somebody handles its faults), "no-poison" (the page is in use), "failed" with
 * errno where that cannot be told; or NULL.
 */
const char *refuse_mapping(const struct root *root, const struct target *target);

/*
 * refuse_process - the word for why the process is left alone: "traced", "seccomp",
 * who may write to its memory without its page tables ("vfio", "iommufd", "infiniband", "vdpa",
 * "sev", "io-uring", "pinned"), "failed" with errno where it cannot be told; or NULL.
 */
const char *refuse_process(const struct root *root, pid_t pid);

/*
 * refuse_vhost_user - "vhost-user": the memory that another process is given is that of the file;
 * "failed" with errno where that cannot be told; or NULL.
 */
const char *refuse_vhost_user(const struct root *root, pid_t pid);

#endif
