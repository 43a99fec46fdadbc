/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plant - make the pages that were lost at the source answer as poison at the target. */
#ifndef MEMPATROL_VMEVAC_PLANT_H
#define MEMPATROL_VMEVAC_PLANT_H

#include "inject.h"
#include "ram.h"

/*
 * plant_lost - mark the pages in block->lost, which must be holes, in the page tables of process
 * PID (UFFDIO_POISON, Linux 6.6): a guest of KVM that touches one gets the machine check that it
 * would have got at the source, with the same guest physical address; QEMU itself, and a guest that
 * it emulates, die of it.  0, or -1 with errno (ENOTSUP: this kernel cannot).
 */
int plant_lost(const struct ram *ram, struct inject *in, const struct root *root, pid_t pid);

#endif
