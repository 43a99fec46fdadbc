/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Links too: what they lead to is somebody else's choice. */
static int check_place(const struct output *output)
{
	struct stat st;

	if (lstat(output->path, &st) != 0)
		return errno == ENOENT ? 0 : -1;
	if (output->replace && S_ISREG(st.st_mode))
		return 0;
	errno = output->replace ? ENOTSUP : EEXIST;
	return -1;
}

int output_open(struct output *output, const char *path, bool replace)
{
	*output = (struct output){.path = path, .replace = replace, .fd = -1};
	if (check_place(output) != 0)
		return -1;

	int len = snprintf(output->temporary, sizeof(output->temporary), "%s.XXXXXX", output->path);

	if (len >= (int)sizeof(output->temporary)) {
		output->temporary[0] = '\0';
		errno = ENAMETOOLONG;
		return -1;
	}
	output->fd = mkostemp(output->temporary, O_CLOEXEC);
	if (output->fd < 0)
		output->temporary[0] = '\0';
	return output->fd < 0 ? -1 : 0;
}

/* Its name is safe on its storage, too. */
static int sync_directory(const char *path)
{
	char directory[PATH_MAX] = ".";
	const char *slash = strrchr(path, '/');
	int fd, result;

	if (slash)
		snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path + 1), path);
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	result = fsync(fd);
	if (result != 0 && errno == EINVAL)
		result = 0; /* it has nothing to make safe */

	int error = errno;

	close(fd);
	errno = error;
	return result;
}

/* link(2) never replaces anything, rename(2) always does. */
static int give_name(struct output *output)
{
	if (check_place(output) != 0)
		return -1;
	if (output->replace) {
		if (rename(output->temporary, output->path) != 0)
			return -1;
	} else {
		if (link(output->temporary, output->path) != 0)
			return -1;
		unlink(output->temporary);
	}
	output->temporary[0] = '\0';
	return 0;
}

int output_commit(struct output *output)
{
	if (fsync(output->fd) != 0 || give_name(output) != 0)
		return -1;
	return sync_directory(output->path);
}

void output_close(struct output *output)
{
	int error = errno;

	if (output->temporary[0])
		unlink(output->temporary);
	if (output->fd >= 0)
		close(output->fd);
	output->fd = -1;
	output->temporary[0] = '\0';
	errno = error;
}
