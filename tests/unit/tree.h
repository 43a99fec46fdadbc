/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree - a throw-away directory that stands for / in a test of code that reads
 * below a struct root.  Paths are printf formats without a leading slash.
 *
 * What cannot be built ends the test program: nothing was tested then.
 */
#ifndef MEMPATROL_TREE_H
#define MEMPATROL_TREE_H

#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
	char dir[32];
	struct root root;
};

static inline _Noreturn void tree_fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static inline void tree_make(struct tree *tree)
{
	strcpy(tree->dir, "/tmp/mempatrol-XXXXXX");
	if (!mkdtemp(tree->dir) || root_open(&tree->root, tree->dir) != 0)
		tree_fail(tree->dir);
}

static inline int tree_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static inline void tree_remove(struct tree *tree)
{
	root_close(&tree->root);
	if (nftw(tree->dir, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		tree_fail(tree->dir);
}

/* Make every directory that PATH names before its last slash. */
static inline void tree_make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			tree_fail(path);
		*slash = '/';
	}
}

static inline void tree_path(const struct tree *tree, char *out, const char *path, va_list args)
{
	int n = snprintf(out, PATH_MAX, "%s/", tree->dir);

	vsnprintf(out + n, PATH_MAX - (size_t)n, path, args);
	tree_make_parents(out);
}

static inline __attribute__((format(printf, 4, 5))) void tree_put_bytes(
	const struct tree *tree, const void *bytes, size_t len, const char *path, ...)
{
	char name[PATH_MAX];
	va_list args;

	va_start(args, path);
	tree_path(tree, name, path, args);
	va_end(args);

	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || close(fd) != 0)
		tree_fail(name);
}

#define tree_put(tree, text, ...) tree_put_bytes(tree, text, strlen(text), __VA_ARGS__)

/* A symbolic link at PATH to TARGET. */
static inline __attribute__((format(printf, 3, 4))) void tree_put_link(
	const struct tree *tree, const char *target, const char *path, ...)
{
	char name[PATH_MAX];
	va_list args;

	va_start(args, path);
	tree_path(tree, name, path, args);
	va_end(args);
	if (symlink(target, name) != 0)
		tree_fail(name);
}

/* A directory and all above it. */
static inline __attribute__((format(printf, 2, 3))) void tree_put_dir(
	const struct tree *tree, const char *path, ...)
{
	char name[PATH_MAX];
	va_list args;

	va_start(args, path);
	tree_path(tree, name, path, args);
	va_end(args);
	if (mkdir(name, 0755) != 0 && errno != EEXIST)
		tree_fail(name);
}

#endif
