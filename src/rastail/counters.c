/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "counters.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- glob(3) below a root --- */

static const struct root *glob_root;

static void *open_dir(const char *path)
{
	return root_opendir(glob_root, "%s", path);
}

static struct dirent *read_dir(void *dir)
{
	return readdir(dir);
}

static void close_dir(void *dir)
{
	closedir(dir);
}

static int stat_file(const char *path, struct stat *st)
{
	int fd = root_openat(glob_root, O_PATH, "%s", path);
	int result;

	if (fd < 0)
		return -1;
	result = fstat(fd, st);
	close(fd);
	return result;
}

static int expand(const struct root *root, const char *pattern, glob_t *files)
{
	*files = (glob_t){
		.gl_opendir = open_dir,
		.gl_readdir = read_dir,
		.gl_closedir = close_dir,
		.gl_stat = stat_file,
		.gl_lstat = stat_file,
	};
	glob_root = root;
	return glob(pattern, GLOB_ALTDIRFUNC, NULL, files);
}

/* --- The files --- */

static int by_path(const void *a, const void *b)
{
	const struct counter *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* The counter of PATH, made when there is none. */
static struct counter *find(struct counters *counters, const char *path, bool *is_new)
{
	struct counter key = {.path = (char *)path};
	struct counter **found = tfind(&key, &counters->tree, by_path);
	struct counter *counter;

	*is_new = !found;
	if (found)
		return *found;
	counter = calloc(1, sizeof(*counter));
	if (!counter || !(counter->path = strdup(path)) ||
		!tsearch(counter, &counters->tree, by_path)) {
		if (counter)
			free(counter->path);
		free(counter);
		return NULL;
	}
	return counter;
}

/* A sensor that does not answer now has not changed. */
static int read_one(struct counters *counters, const struct root *root, const char *path)
{
	struct counter *counter;
	char value[COUNTERS_VALUE_MAX];
	ssize_t len = root_read(root, value, sizeof(value), "%s", path);
	bool is_new;

	if (len <= 0)
		return 0;
	value[strcspn(value, "\n")] = '\0';
	counter = find(counters, path, &is_new);
	if (!counter)
		return -1;
	if (!is_new && strcmp(counter->value, value) == 0)
		return 0;
	memcpy(counter->was, counter->value, sizeof(value));
	memcpy(counter->value, value, sizeof(value));
	counters->changed(counter, is_new);
	return 0;
}

ssize_t counters_read(struct counters *counters, const struct root *root, const char *pattern)
{
	glob_t files;
	int result = expand(root, pattern, &files);
	ssize_t count = 0;

	if (result == GLOB_NOMATCH)
		return 0;
	if (result != 0) {
		errno = result == GLOB_NOSPACE ? ENOMEM : EIO;
		return -1;
	}
	for (size_t i = 0; i < files.gl_pathc && count >= 0; i++) {
		if (counters->accepts && !counters->accepts(root, files.gl_pathv[i]))
			continue;
		count = read_one(counters, root, files.gl_pathv[i]) == 0 ? count + 1 : -1;
	}
	globfree(&files);
	return count;
}
