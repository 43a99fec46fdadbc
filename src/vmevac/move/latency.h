/* SPDX-License-Identifier: GPL-2.0-or-later */
/* latency - how long things took: any number of them, in constant memory, to an eighth. */
#ifndef MEMPATROL_VMEVAC_LATENCY_H
#define MEMPATROL_VMEVAC_LATENCY_H

#include <stdint.h>

enum { LATENCY_PARTS = 8, LATENCY_BUCKETS = 64 * LATENCY_PARTS };

struct latency {
	uint64_t count;
	uint64_t bucket[LATENCY_BUCKETS];
};

void latency_add(struct latency *latency, uint64_t ns);

/* latency_percentile - PERCENT of them took so long or less, rounded down to an eighth; 0: none. */
uint64_t latency_percentile(const struct latency *latency, unsigned int percent);

#endif
