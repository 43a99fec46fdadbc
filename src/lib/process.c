/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "process.h"
#include "num.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STAT_FLAGS = 9, /* number of the field, the first being 1 */
	STAT_START = 22,
	STAT_VSIZE =
		23, /* bytes of address space; 0: has none (do_task_stat() in fs/proc/array.c) */
	PF_MCE_PROCESS = 0x00000080,
	PF_MCE_EARLY = 0x08000000,
};

/* A field of a stat file behind the name, which is in brackets and may hold anything. */
static int stat_field(const struct root *root, const char *path, int field, uint64_t *out)
{
	char text[1024];
	ssize_t n = root_read(root, text, sizeof(text), "%s", path);

	if (n < 0)
		return -1;

	char *p = memrchr(text, ')', (size_t)n);
	char *rest = NULL;
	char *word = p ? strtok_r(p + 1, " \n", &rest) : NULL;

	for (int i = 3; word && i < field; i++)
		word = strtok_r(NULL, " \n", &rest);
	if (word && !num_count(word, 0, UINT64_MAX, out))
		return 0;
	errno = EBADMSG;
	return -1;
}

static int process_field(const struct root *root, pid_t pid, int field, uint64_t *out)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%d/stat", pid);
	return stat_field(root, path, field, out);
}

int process_start(const struct root *root, pid_t pid, uint64_t *start)
{
	return process_field(root, pid, STAT_START, start);
}

bool process_is(const struct root *root, pid_t pid, uint64_t start)
{
	uint64_t now, size;

	return process_field(root, pid, STAT_VSIZE, &size) == 0 && size > 0 &&
	       process_start(root, pid, &now) == 0 && now == start;
}

bool process_has_ended(const struct root *root, pid_t pid, uint64_t start)
{
	uint64_t now, size;

	if (process_field(root, pid, STAT_VSIZE, &size) != 0 || process_start(root, pid, &now) != 0)
		return errno == ENOENT || errno == ESRCH;
	return size == 0 || now != start;
}

int process_thread_state(const struct root *root, pid_t pid, unsigned int tid)
{
	char text[1024];
	ssize_t n = root_read(root, text, sizeof(text), "proc/%d/task/%u/stat", pid, tid);

	if (n < 0)
		return -1;

	const char *p = memrchr(text, ')', (size_t)n);

	if (p && p[1] == ' ' && p[2])
		return (unsigned char)p[2];
	errno = EBADMSG;
	return -1;
}

int process_status_u64(
	const struct root *root, pid_t pid, pid_t tid, const char *key, int base, uint64_t *out)
{
	char text[8192]; /* grows with CPUs and NUMA nodes */
	size_t len = strlen(key);

	if (root_read(root, text, sizeof(text), "proc/%d/task/%d/status", pid, tid) < 0)
		return -1;
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) != 0 || line[len] != ':')
			continue;
		*out = strtoull(line + len + 1, NULL, base);
		return 0;
	}
	errno = ENOENT;
	return -1;
}

int process_early_kill(const struct root *root, pid_t pid)
{
	struct process_list tasks;
	unsigned int tid;
	uint64_t by_default, flags;
	char path[64];
	int more, early = 0;

	if (root_read_u64(root, 10, &by_default, "proc/sys/vm/memory_failure_early_kill") != 0)
		return -1;
	snprintf(path, sizeof(path), "proc/%d/task", pid);
	if (process_list_open(&tasks, root, path) != 0)
		return -1;
	while ((more = process_list_next(&tasks, &tid)) > 0) {
		snprintf(path, sizeof(path), "proc/%d/task/%u/stat", pid, tid);
		if (stat_field(root, path, STAT_FLAGS, &flags) != 0)
			continue; /* it has ended */
		if (flags & PF_MCE_PROCESS ? flags & PF_MCE_EARLY : by_default)
			early = 1;
	}
	process_list_close(&tasks);
	return more < 0 ? -1 : early;
}

ssize_t process_link(const struct root *root, char *out, size_t size, const char *path)
{
	int fd = root_openat(root, O_PATH | O_NOFOLLOW, "%s", path);

	if (fd < 0)
		return -1;

	ssize_t n = readlinkat(fd, "", out, size - 1);
	int error = errno;

	close(fd);
	errno = error;
	if (n >= 0)
		out[n] = '\0';
	return n;
}

int process_list_open(struct process_list *list, const struct root *root, const char *path)
{
	list->at = list->end = 0;
	list->fd = root_openat(root, O_RDONLY | O_DIRECTORY, "%s", path);
	return list->fd < 0 ? -1 : 0;
}

int process_list_next(struct process_list *list, unsigned int *number)
{
	for (;;) {
		uint64_t value;

		if (list->at == list->end) {
			ssize_t n = getdents64(list->fd, list->buffer, sizeof(list->buffer));

			if (n <= 0)
				return n < 0 ? -1 : 0;
			list->at = 0;
			list->end = (size_t)n;
		}

		const struct dirent64 *entry = (const void *)(list->buffer + list->at);

		list->at += entry->d_reclen;
		if (!num_count(entry->d_name, 0, INT_MAX, &value)) {
			*number = (unsigned int)value;
			return 1;
		}
	}
}

void process_list_close(struct process_list *list)
{
	close(list->fd);
	list->fd = -1;
}
