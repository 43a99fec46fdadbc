/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "figures.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NODES "sys/devices/system/node"

enum { MEMINFO_MAX = 16384 };

const struct figure figures[] = {
	{.key = "corrupted",
		.metric = "mempatrol_hardware_corrupted_bytes",
		.help = "Memory that the kernel calls poisoned.",
		.path = "proc/meminfo",
		.line = "HardwareCorrupted:"},
	{.key = "tainted_machine_check",
		.metric = "mempatrol_tainted_machine_check",
		.help = "1 once a machine check has been reported since the boot.",
		.path = "proc/sys/kernel/tainted",
		.shift = 4,
		.mask = 1},
	{.key = "tainted_bad_page",
		.metric = "mempatrol_tainted_bad_page",
		.help = "1 once the kernel has found one of its page structures broken.",
		.path = "proc/sys/kernel/tainted",
		.shift = 5,
		.mask = 1},
	{.key = "early_kill",
		.metric = "mempatrol_memory_failure_early_kill",
		.help = "vm.memory_failure_early_kill: 1 when all who map a page are told at once.",
		.path = "proc/sys/vm/memory_failure_early_kill"},
	{.key = "recovery",
		.metric = "mempatrol_memory_failure_recovery",
		.help = "vm.memory_failure_recovery: 0 when any memory failure is to be a panic.",
		.path = "proc/sys/vm/memory_failure_recovery"},
	{.key = "soft_offline",
		.metric = "mempatrol_soft_offline_enabled",
		.help = "vm.enable_soft_offline: 0 when pages may not be offlined softly.",
		.path = "proc/sys/vm/enable_soft_offline"},
};

const size_t figures_n = sizeof(figures) / sizeof(*figures);

const char *const figures_outcome[OUTCOMES] = {
	"total", "recovered", "delayed", "failed", "ignored"};

/* The number of "LINE   12 kB" in a file of such lines. */
static int read_line(const struct root *root, const struct figure *figure, uint64_t *out)
{
	char text[MEMINFO_MAX];
	char unit[4];

	if (root_read(root, text, sizeof(text), "%s", figure->path) < 0)
		return -1;

	const char *line = strstr(text, figure->line);

	errno = ENOENT;
	if (!line)
		return -1;
	if (sscanf(line + strlen(figure->line), "%" SCNu64 " %3s", out, unit) == 2 &&
		!strcmp(unit, "kB") && !__builtin_mul_overflow(*out, 1024, out))
		return 0;
	errno = EBADMSG;
	return -1;
}

int figure_read(const struct root *root, const struct figure *figure, uint64_t *out)
{
	int result = figure->line ? read_line(root, figure, out)
				  : root_read_u64(root, 10, out, "%s", figure->path);

	if (result != 0)
		return errno == ENOENT ? 0 : -1;
	if (figure->mask)
		*out = *out >> figure->shift & figure->mask;
	return 1;
}

static int is_node(const struct dirent *entry)
{
	const char *number = entry->d_name + 4;

	return !strncmp(entry->d_name, "node", 4) && *number >= '0' && *number <= '9' &&
	       number[strspn(number, "0123456789")] == '\0' && strlen(number) < 9;
}

static int read_node(const struct root *root, struct node_counts *counts)
{
	for (size_t i = 0; i < OUTCOMES; i++)
		if (root_read_u64(root, 10, &counts->pages[i], NODES "/node%u/memory_failure/%s",
			    counts->node, figures_outcome[i]) != 0)
			return errno == ENOENT ? 0 : -1;
	return 1;
}

int figures_by_node(const struct root *root,
	void (*take)(const struct node_counts *counts, void *context), void *context)
{
	struct dirent **entries;
	int fd = root_openat(root, O_RDONLY | O_DIRECTORY, NODES);
	int result = 0, n;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	n = scandirat(fd, ".", &entries, is_node, versionsort);
	close(fd);
	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		struct node_counts counts = {
			.node = (unsigned int)strtoul(entries[i]->d_name + 4, NULL, 10)};
		int there = result ? 0 : read_node(root, &counts);

		if (there > 0)
			take(&counts, context);
		if (there < 0)
			result = -1;
		free(entries[i]);
	}
	free(entries);
	return result;
}
