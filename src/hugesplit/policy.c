/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"
#include "lines.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NODES = INJECT_POLICY_NODES };

int policy_read(struct sharer *sharer)
{
	return inject_get_policy(&sharer->in, sharer->target.va, &sharer->policy);
}

int policy_set_for_filling(struct job *job, struct sharer *sharer)
{
	struct inject_policy policy = {.mode = MPOL_PREFERRED};

	if (job->node < 0 || job->node >= NODES)
		return 0;
	policy.nodes[job->node / 64] = 1UL << job->node % 64;
	return inject_set_policy(&sharer->in, sharer->scratch, job->salvage.size, &policy);
}

int policy_set(struct job *job, struct sharer *sharer)
{
	return inject_set_policy(&sharer->in, sharer->scratch, job->salvage.size, &sharer->policy);
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
