/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manners.h"

#include <errno.h>
#include <numa.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>

int manners_idle(void)
{
	struct sched_param none = {0};

	if (sched_setscheduler(0, SCHED_IDLE, &none) != 0)
		return -1;
	return setpriority(PRIO_PROCESS, 0, 19);
}

/* The CPUs of NODE that are among those of GIVEN; how many. */
static int cpus_of_node(int node, const cpu_set_t *given, cpu_set_t *out)
{
	struct bitmask *mask = numa_allocate_cpumask();

	CPU_ZERO(out);
	if (numa_node_to_cpus(node, mask) == 0)
		for (unsigned int cpu = 0; cpu < CPU_SETSIZE; cpu++)
			if (numa_bitmask_isbitset(mask, cpu) && CPU_ISSET(cpu, given))
				CPU_SET(cpu, out);
	numa_free_cpumask(mask);
	return CPU_COUNT(out);
}

int manners_follow(int node)
{
	static cpu_set_t given;
	static int current = -1;
	cpu_set_t cpus;

	if (node < 0 || node == current || numa_available() < 0 || numa_max_node() == 0)
		return 0;
	if (current < 0 && sched_getaffinity(0, sizeof(given), &given) != 0)
		return -1;
	current = node;
	if (cpus_of_node(node, &given, &cpus) == 0)
		return 0;
	return sched_setaffinity(0, sizeof(cpus), &cpus);
}

int manners_pressure(const struct root *root)
{
	unsigned int whole, hundredths;
	char text[256];

	if (root_read(root, text, sizeof(text), "proc/pressure/memory") < 0)
		return -1;
	if (sscanf(text, "some avg10=%3u.%2u ", &whole, &hundredths) != 2) {
		errno = EBADMSG;
		return -1;
	}
	return (int)(whole * 100 + hundredths);
}
