/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpus - two processors that share as little as this machine has to offer. */
#ifndef MEMPATROL_CPUS_H
#define MEMPATROL_CPUS_H

#include "bench.h"
#include "root.h"

#include <sched.h>
#include <stdbool.h>

static inline void cpu_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		bench_fail("keep to a processor");
}

static inline uint64_t cpu_number(int cpu, const char *what)
{
	struct root root;
	uint64_t number = 0;

	if (root_open(&root, NULL) != 0)
		bench_fail("open /");
	if (root_read_u64(
		    &root, 10, &number, "sys/devices/system/cpu/cpu%d/topology/%s", cpu, what) != 0)
		bench_fail("read the topology of processors");
	root_close(&root);
	return number;
}

/* cpu_are_siblings - threads of one core; a guest is told what its host likes to tell. */
static inline bool cpu_are_siblings(int a, int b)
{
	return cpu_number(a, "core_id") == cpu_number(b, "core_id") &&
	       cpu_number(a, "physical_package_id") == cpu_number(b, "physical_package_id");
}

/*
 * cpu_find_two - the first that may be used, and the first of another core; a sibling where
 * there is no such.  Returns false when there is but one.
 */
static inline bool cpu_find_two(int *cpus)
{
	cpu_set_t set;
	int found = 0;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		bench_fail("ask for processors");
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		if (found < 2)
			cpus[found++] = cpu;
		else if (cpu_are_siblings(cpus[0], cpus[1]))
			cpus[1] = cpu;
	}
	return found == 2;
}

#endif
