/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blockers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What a descriptor is called that keeps memory where it is, or says what it is. */
static const struct {
	const char *start, *word;
} descriptors[] = {
	{"/dev/vfio/", "vfio"},
	{"/dev/iommu", "iommufd"},
	{"/dev/vhost-vdpa-", "vdpa"},
	{"/dev/infiniband/", "infiniband"},
	{"/dev/uverbs", "infiniband"},
};

static void take_descriptor(struct blockers *blockers, const char *target)
{
	if (!strcmp(target, "anon_inode:kvm-vm"))
		blockers->has_kvm = true;
	for (size_t i = 0; i < sizeof(descriptors) / sizeof(*descriptors); i++)
		if (!strncmp(target, descriptors[i].start, strlen(descriptors[i].start)))
			word_list_add(&blockers->words, descriptors[i].word);
}

static int look_at_descriptors(struct blockers *blockers, const struct root *root, pid_t pid)
{
	struct process_list fds;
	char path[64], target[256];
	unsigned int fd;
	int more, error;

	snprintf(path, sizeof(path), "proc/%d/fd", pid);
	if (process_list_open(&fds, root, path) != 0)
		return -1;
	while ((more = process_list_next(&fds, &fd)) > 0) {
		snprintf(path, sizeof(path), "proc/%d/fd/%u", pid, fd);
		if (process_link(root, target, sizeof(target), path) > 0)
			take_descriptor(blockers, target);
	}
	error = errno;
	process_list_close(&fds);
	errno = error;
	return more;
}

/* A character device of another process, to which the guest's memory is handed. */
static int look_at_command_line(struct blockers *blockers, const struct root *root, pid_t pid)
{
	static char text[VMS_CMDLINE_MAX];
	ssize_t len = root_read(root, text, sizeof(text), "proc/%d/cmdline", pid);

	if (len < 0)
		return -1;
	if (memmem(text, (size_t)len, "vhost-user", 10))
		word_list_add(&blockers->words, "vhost-user");
	return 0;
}

int blockers_find(struct blockers *blockers, const struct root *root, const struct vm *vm)
{
	*blockers = (struct blockers){0};
	for (unsigned int i = 0; i < vm->args.backends; i++)
		if (!vm->args.backend[i].shared)
			word_list_add(&blockers->words, "private");
	if (look_at_descriptors(blockers, root, vm->pid) != 0)
		return -1;
	return look_at_command_line(blockers, root, vm->pid);
}
