/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "headroom.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 4096, CACHES = 2, BUSIES = 2 };

/* Version 2 of control groups, and version 1 (Documentation/admin-guide/cgroup-v{2,1/memory}.rst).
 */
static const struct hierarchy {
	const char *controller; /* as /proc/PID/cgroup names it */
	const char *where, *limit, *usage;
	const char *cache[CACHES]; /* keys of memory.stat: memory that can be taken back, */
	const char *busy[BUSIES];  /* less what has to be written first */
} hierarchies[] = {
	{"memory", "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
		{"total_active_file", "total_inactive_file"}, {"total_dirty", "total_writeback"}},
	{"", "sys/fs/cgroup", "memory.max", "memory.current", {"active_file", "inactive_file"},
		{"file_dirty", "file_writeback"}},
};

/* The number behind KEY at the start of a line of TEXT, or 0. */
static uint64_t value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && (line[len] == ' ' || line[len] == ':'))
			return strtoull(line + len + 1, NULL, 10);
	}
	return 0;
}

static uint64_t cache_that_can_go(const char *stat, const struct hierarchy *in)
{
	uint64_t cache = 0, busy = 0;

	for (int i = 0; i < CACHES; i++)
		cache += value_of(stat, in->cache[i]);
	for (int i = 0; i < BUSIES; i++)
		busy += value_of(stat, in->busy[i]);
	return cache > busy ? cache - busy : 0;
}

/* What is left to one group: UINT64_MAX where it has no limit. */
static int read_group(
	const struct root *root, const struct hierarchy *in, const char *path, uint64_t *left)
{
	static char stat[65536];
	char limit[64];
	uint64_t max, usage;

	*left = UINT64_MAX;
	if (root_read(root, limit, sizeof(limit), "%s%s/%s", in->where, path, in->limit) < 0)
		return errno == ENOENT ? 0 : -1; /* the topmost, or one without the controller */
	if (!strncmp(limit, "max", 3))
		return 0;
	if (root_read_u64(root, 10, &max, "%s%s/%s", in->where, path, in->limit) != 0 ||
		root_read_u64(root, 10, &usage, "%s%s/%s", in->where, path, in->usage) != 0 ||
		root_read(root, stat, sizeof(stat), "%s%s/memory.stat", in->where, path) < 0)
		return -1;

	uint64_t cache = cache_that_can_go(stat, in);
	uint64_t needed = usage > cache ? usage - cache : 0;

	*left = max > needed ? max - needed : 0;
	return 0;
}

/* Where PATH, "/a/b", is in a hierarchy: each group up to the topmost. */
static int least_left(
	const struct root *root, const struct hierarchy *in, char *path, uint64_t *least)
{
	uint64_t left;
	char *slash;

	*least = UINT64_MAX;
	do {
		if (read_group(root, in, path, &left) != 0)
			return -1;
		if (left < *least)
			*least = left;
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	return 0;
}

static bool has_word(const char *list, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; p <= list + len; p += strcspn(p, ",:") + 1)
		if (strcspn(p, ",:") == n && !strncmp(p, word, n))
			return true;
	return false;
}

/* The group in hierarchy IN, from the lines "ID:CONTROLLERS:PATH"; false: none. */
static bool find_group(const char *text, const struct hierarchy *in, char path[PATH_BYTES])
{
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';

		const char *list = strchr(line, ':'), *colon = list ? strchr(list + 1, ':') : NULL;

		if (!colon || !has_word(list + 1, (size_t)(colon - list - 1), in->controller))
			continue;
		snprintf(path, PATH_BYTES, "%.*s", (int)strcspn(colon + 1, "\n"), colon + 1);
		return true;
	}
	return false;
}

const char *headroom_group(const struct root *root, pid_t pid, uint64_t size)
{
	static char text[16384], path[PATH_BYTES];
	uint64_t least = UINT64_MAX;

	if (root_read(root, text, sizeof(text), "proc/%d/cgroup", pid) < 0)
		return errno == ENOENT ? NULL : "failed"; /* a kernel without */
	for (size_t i = 0; i < sizeof(hierarchies) / sizeof(*hierarchies); i++)
		if (find_group(text, &hierarchies[i], path)) {
			if (least_left(root, &hierarchies[i], path, &least) != 0)
				return "failed";
			break;
		}
	return least < size ? "cgroup" : NULL;
}

const char *headroom_machine(const struct root *root, uint64_t size)
{
	static char text[16384];

	if (root_read(root, text, sizeof(text), "proc/meminfo") < 0)
		return "failed";
	return value_of(text, "MemAvailable") < size >> 10 ? "memory" : NULL;
}
