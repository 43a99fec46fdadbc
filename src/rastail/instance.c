/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "instance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char prefix[] = "rastail-";

static int open_parent(struct instance *instance, const struct root *root)
{
	static const char *const places[] = {"sys/kernel/tracing", "sys/kernel/debug/tracing"};

	for (int i = 0; i < 2; i++) {
		instance->tracing = places[i];
		instance->parent =
			root_openat(root, O_RDONLY | O_DIRECTORY, "%s/instances", places[i]);
		if (instance->parent >= 0 || errno != ENOENT)
			return instance->parent < 0 ? -1 : 0;
	}
	instance->tracing = places[0];
	return -1;
}

/* The directory, when it is there and nobody else's; -1 with errno. */
static int lock(int parent, const char *name)
{
	int dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir >= 0 && flock(dir, LOCK_EX | LOCK_NB) != 0) {
		int error = errno;

		close(dir);
		errno = error;
		return -1;
	}
	return dir;
}

static void remove_if_dead(int parent, const char *name)
{
	int dir = lock(parent, name);

	if (dir < 0)
		return;
	/* May fail while somebody reads it: then the next one tries again. */
	unlinkat(parent, name, AT_REMOVEDIR);
	close(dir);
}

static void remove_dead(const struct instance *instance, const struct root *root)
{
	DIR *all = root_opendir(root, "%s/instances", instance->tracing);
	struct dirent *entry;

	while (all && (entry = readdir(all)))
		if (strncmp(entry->d_name, prefix, sizeof(prefix) - 1) == 0)
			remove_if_dead(instance->parent, entry->d_name);
	if (all)
		closedir(all);
}

/* It exists: another one's in another PID namespace, or one removed while we locked it. */
static int make(struct instance *instance)
{
	for (int i = 0; i < 100; i++) {
		snprintf(instance->name, sizeof(instance->name), "%s%d-%d", prefix, getpid(), i);
		if (mkdirat(instance->parent, instance->name, 0750) != 0) {
			if (errno == EEXIST)
				continue;
			return -1;
		}
		instance->dir = lock(instance->parent, instance->name);
		if (instance->dir >= 0)
			return 0;
	}
	return -1;
}

int instance_open(struct instance *instance, const struct root *root)
{
	instance->parent = instance->dir = -1;
	if (open_parent(instance, root) != 0)
		return -1;
	remove_dead(instance, root);
	return make(instance);
}

void instance_close(struct instance *instance)
{
	if (instance->dir >= 0) {
		unlinkat(instance->parent, instance->name, AT_REMOVEDIR);
		close(instance->dir);
	}
	if (instance->parent >= 0)
		close(instance->parent);
	instance->parent = instance->dir = -1;
}
