/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * figures - what the kernel counts of bad memory, and how it is set to deal with it
 * (Documentation/filesystems/proc.rst, Documentation/admin-guide/sysctl/vm.rst,
 * Documentation/admin-guide/tainted-kernels.rst, Documentation/ABI/stable/sysfs-devices-node).
 */
#ifndef MEMPATROL_FIGURES_H
#define MEMPATROL_FIGURES_H

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One figure of the whole machine. */
struct figure {
	const char *key;          /* in records */
	const char *metric;       /* in metrics of Prometheus, all of them gauges */
	const char *help;         /* of the metric */
	const char *path;         /* its file */
	const char *line;         /* of a file of lines such as "Name:   12 kB", or NULL */
	unsigned int shift, mask; /* of the bits in the file's number; mask 0: all of it */
};

extern const struct figure figures[];
extern const size_t figures_n;

/*
 * figure_read - 1 with *out, 0 when this kernel does not have it, or -1 with errno (EBADMSG: it
 * is not what the kernel would write).
 */
int figure_read(const struct root *root, const struct figure *figure, uint64_t *out);

/* What became of poisoned pages of a NUMA node, in this order. */
enum { OUTCOMES = 5 };

extern const char *const figures_outcome[OUTCOMES]; /* key, and file's name */

struct node_counts {
	unsigned int node;
	uint64_t pages[OUTCOMES];
};

/*
 * figures_by_node - call TAKE for each node that counts, by rising number.  Kernels before 6.3 do
 * not count.  Returns 0, or -1 with errno.
 */
int figures_by_node(const struct root *root,
	void (*take)(const struct node_counts *counts, void *context), void *context);

#endif
