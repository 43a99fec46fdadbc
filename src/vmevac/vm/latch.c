/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "latch.h"
#include "qmp_fd.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const char mark_name[] = "vmevac-quiesced";

enum { NAME_MAX_LEN = 32 };

static void image_name(char out[NAME_MAX_LEN], unsigned int i)
{
	snprintf(out, NAME_MAX_LEN, "vmevac-image-%u", i);
}

int latch_open(
	struct latch *latch, const struct root *root, pid_t pid, const int *fd, unsigned int count)
{
	for (latch->count = 0; latch->count < count; latch->count++) {
		latch->fd[latch->count] = images_open(root, pid, fd[latch->count]);
		if (latch->fd[latch->count] < 0)
			break;
	}
	if (latch->count == count)
		return 0;

	int error = errno;

	latch_close(latch);
	errno = error;
	return -1;
}

void latch_close(struct latch *latch)
{
	while (latch->count)
		close(latch->fd[--latch->count]);
}

static json_t *naming(const char *name)
{
	return json_pack("{s:s}", "fdname", name);
}

static int park_mark(struct qmp *qmp)
{
	int fd = images_mark(), result, error;

	if (fd < 0)
		return -1;
	result = qmp_park_fd(qmp, fd, mark_name);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

int latch_set(const struct latch *latch, struct qmp *qmp, bool latched)
{
	char name[NAME_MAX_LEN];

	qmp->why[0] = '\0';
	for (unsigned int i = 0; i < latch->count; i++) {
		image_name(name, i);
		if (images_keep(latch->fd[i], latched) != 0 ||
			qmp_park_fd(qmp, latch->fd[i], name) != 0)
			return -1;
	}
	return park_mark(qmp);
}

/* Some may be gone: a QEMU that hung may have done what we did not hear of. */
static int take_back_images(struct qmp *qmp, unsigned int count)
{
	char name[NAME_MAX_LEN];

	for (unsigned int i = 0; count && i < IMAGES_MAX; i++) {
		image_name(name, i);
		if (qmp_execute_with(qmp, "closefd", naming(name), NULL) == 0)
			count--;
		else if (errno != EREMOTEIO)
			return -1;
	}
	return count ? -1 : 0;
}

int latch_release(struct qmp *qmp, const struct images *images)
{
	if (take_back_images(qmp, images->kept) != 0)
		return -1;
	return images->marked ? qmp_execute_with(qmp, "closefd", naming(mark_name), NULL) : 0;
}
