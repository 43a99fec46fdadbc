/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Bits of the mask that are handed over: mbind(2) ignores the last. */
enum { NODES = 8 * sizeof(((struct sharer *)0)->nodes), MAXNODE = NODES + 1 };

/* What the two calls below take, at scratch. */
struct order {
	int mode;
	unsigned long nodes[sizeof(((struct sharer *)0)->nodes) / sizeof(unsigned long)];
};

int policy_read(struct sharer *sharer)
{
	struct inject *in = &sharer->in;
	struct order order = {0};

	if (inject_open_scratch(in) != 0)
		return -1;

	uint64_t at = in->scratch;

	if (inject_call(in, SYS_get_mempolicy, at, at + offsetof(struct order, nodes), NODES,
		    sharer->target.va, MPOL_F_ADDR) < 0)
		return errno == ENOSYS ? 0 : -1; /* a kernel without NUMA */
	if (inject_read(in, at, &order, sizeof(order)) != 0)
		return -1;
	sharer->policy = order.mode;
	memcpy(sharer->nodes, order.nodes, sizeof(sharer->nodes));
	return 0;
}

static int bind_memory(struct job *job, struct sharer *sharer, const struct order *order)
{
	struct inject *in = &sharer->in;
	bool empty = order->mode == MPOL_DEFAULT;

	if (inject_open_scratch(in) != 0 ||
		inject_write(in, in->scratch, order, sizeof(*order)) != 0)
		return -1;
	return inject_call(in, SYS_mbind, sharer->scratch, job->salvage.size, (uint64_t)order->mode,
		       empty ? 0 : in->scratch + offsetof(struct order, nodes), empty ? 0 : MAXNODE,
		       0) < 0 &&
			       errno != ENOSYS
		       ? -1
		       : 0;
}

int policy_set_for_filling(struct job *job, struct sharer *sharer)
{
	struct order order = {.mode = MPOL_PREFERRED};

	if (job->node < 0 || job->node >= (int)NODES)
		return 0;
	order.nodes[job->node / 64] = 1UL << job->node % 64;
	return bind_memory(job, sharer, &order);
}

int policy_set(struct job *job, struct sharer *sharer)
{
	struct order order = {.mode = sharer->policy};

	memcpy(order.nodes, sharer->nodes, sizeof(order.nodes));
	return bind_memory(job, sharer, &order);
}

/* A number before STOP; *text goes on behind it. */
static unsigned long parse_number(const char **text, const char *stop)
{
	unsigned long number = 0;

	for (; *text < stop && **text >= '0' && **text <= '9' && number < ULONG_MAX / 16; ++*text)
		number = number * 10 + (unsigned long)(**text - '0');
	return number;
}

int policy_fullest_node(const char *line, size_t len)
{
	const char *p = line, *stop = line + len;
	unsigned long most = 0;
	int node = -1;

	while ((p = memmem(p, (size_t)(stop - p), " N", 2))) {
		p += 2;

		unsigned long at = parse_number(&p, stop), pages = 0;

		if (p < stop && *p++ == '=')
			pages = parse_number(&p, stop);
		if (pages > most && at < NODES) {
			most = pages;
			node = (int)at;
		}
	}
	return node;
}

int policy_node(const struct root *root, const struct target *target)
{
	static struct lines lines;
	int fd = root_openat(root, O_RDONLY, "proc/%d/numa_maps", target->pid);
	char start[32];
	const char *line;
	size_t len;
	int node = -1;

	if (fd < 0)
		return -1;
	snprintf(start, sizeof(start), "%" PRIx64 " ", target->area.vma.start);
	lines_open(&lines, fd);
	while (node < 0 && lines_next(&lines, &line, &len) == LINES_LINE)
		if (len >= strlen(start) && memcmp(line, start, strlen(start)) == 0)
			node = policy_fullest_node(line, len);
	close(fd);
	return node;
}
