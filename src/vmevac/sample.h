/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sample - how much of its memory a guest writes to, as QEMU counts it.
 *
 * QEMU's way that reads pages and compares them would end at the first bad one; so it is
 * made to log which pages are written to instead.  That takes KVM: else versions before 8.0 end
 * when they are asked (kvm_dirty_ring_enabled() in accel/kvm/kvm-all.c), and those since say that
 * nothing is written (10.0 with TCG; what they count are the pages of KVM's log).
 */
#ifndef MEMPATROL_VMEVAC_SAMPLE_H
#define MEMPATROL_VMEVAC_SAMPLE_H

#include "qmp.h"

/*
 * sample_dirty_rate - watch for SECONDS, 1 to 60, and set *RATE to bytes a second, of which QEMU
 * counts whole MiB.  0, or -1 with errno and qmp->why: ENOTSUP without KVM, ETIMEDOUT when it
 * does not come to an end.
 */
int sample_dirty_rate(struct qmp *qmp, uint64_t seconds, uint64_t *rate);

#endif
