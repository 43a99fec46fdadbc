/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hazards.h"
#include "process.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum hazard { VFIO, IOMMUFD, VDPA, INFINIBAND, SEV, IO_URING, PINNED, HAZARDS };

static const char *const words[HAZARDS] = {
	"vfio", "iommufd", "vdpa", "infiniband", "sev", "io-uring", "pinned"};

/* What the link of a descriptor begins with. */
static const struct {
	const char *target;
	enum hazard hazard;
} descriptors[] = {
	{"/dev/vfio/", VFIO},
	{"anon_inode:[vfio", VFIO},
	{"anon_inode:vfio", VFIO},
	{"/dev/iommu", IOMMUFD},
	{"/dev/vhost-vdpa-", VDPA},
	{"/dev/infiniband/", INFINIBAND},
	{"anon_inode:[infiniband", INFINIBAND},
	{"/dev/sev", SEV}, /* memory of an encrypted guest: KVM pins it */
	{"anon_inode:[io_uring]", IO_URING},
};

/* The number behind NAME at the start of a line of TEXT, or 0. */
static unsigned long number_of(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len))
			return strtoul(line + len, NULL, 10);
	}
	return 0;
}

/* An io_uring that has registered no buffers pins nothing. */
static bool has_buffers(const struct root *root, pid_t pid, unsigned int fd)
{
	static char text[65536];
	ssize_t n = root_read(root, text, sizeof(text), "proc/%d/fdinfo/%u", pid, fd);

	/* Too long: that is the list of buffers. */
	return n < 0 || number_of(text, "UserBufs:") > 0;
}

static bool is_hazard(const struct root *root, pid_t pid, unsigned int fd, enum hazard *out)
{
	char path[64], target[256];

	snprintf(path, sizeof(path), "proc/%d/fd/%u", pid, fd);
	if (process_link(root, target, sizeof(target), path) < 0)
		return false; /* closed since it was listed */
	for (size_t i = 0; i < sizeof(descriptors) / sizeof(*descriptors); i++) {
		const char *start = descriptors[i].target;

		*out = descriptors[i].hazard;
		if (!strncmp(target, start, strlen(start)))
			return *out != IO_URING || has_buffers(root, pid, fd);
	}
	return false;
}

static int look_at_descriptors(const struct root *root, pid_t pid, bool has[HAZARDS])
{
	struct process_list fds;
	enum hazard hazard;
	unsigned int fd;
	char path[64];
	int more;

	snprintf(path, sizeof(path), "proc/%d/fd", pid);
	if (process_list_open(&fds, root, path) != 0)
		return -1;
	while ((more = process_list_next(&fds, &fd)) > 0)
		if (is_hazard(root, pid, fd, &hazard))
			has[hazard] = true;
	process_list_close(&fds);
	return more;
}

int hazards_find(const struct root *root, pid_t pid, char *out, size_t size)
{
	char status[8192];
	bool has[HAZARDS] = {0};
	size_t len = 0;

	*out = '\0';
	if (look_at_descriptors(root, pid, has) != 0 ||
		root_read(root, status, sizeof(status), "proc/%d/status", pid) < 0)
		return -1;
	has[PINNED] = number_of(status, "VmPin:") > 0;
	for (int i = 0; i < HAZARDS && len < size; i++)
		if (has[i])
			len += (size_t)snprintf(
				out + len, size - len, "%s%s", len ? "," : "", words[i]);
	return 0;
}
