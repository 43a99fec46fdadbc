/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static bool is_qemu_path(const char *path)
{
	static const char begin[] = "qemu-system-";
	const char *slash = strrchr(path, '/');

	return !strncmp(slash ? slash + 1 : path, begin, sizeof(begin) - 1);
}

bool vm_has_kvm(const struct root *root, pid_t pid)
{
	struct process_list fds;
	char path[64], target[64];
	unsigned int fd;
	bool found = false;

	snprintf(path, sizeof(path), "proc/%d/fd", pid);
	if (process_list_open(&fds, root, path) != 0)
		return false; /* not ours to look at, or gone */
	while (!found && process_list_next(&fds, &fd) > 0) {
		snprintf(path, sizeof(path), "proc/%d/fd/%u", pid, fd);
		found = process_link(root, target, sizeof(target), path) > 0 &&
			!strcmp(target, "anon_inode:kvm-vm");
	}
	process_list_close(&fds);
	return found;
}

/* Kernel threads and zombies have no command line. */
static bool is_vm(const struct vms *vms, pid_t pid, size_t cmdline_len)
{
	char path[64], target[PATH_MAX];

	if (cmdline_len == 0)
		return false;
	snprintf(path, sizeof(path), "proc/%d/exe", pid);
	if (process_link(vms->root, target, sizeof(target), path) > 0)
		return is_qemu_path(target) || vm_has_kvm(vms->root, pid);
	return is_qemu_path(vms->cmdline);
}

int vms_open(struct vms *vms, const struct root *root)
{
	vms->root = root;
	return process_list_open(&vms->processes, root, "proc");
}

void vms_close(struct vms *vms)
{
	process_list_close(&vms->processes);
}

int vms_take(struct vms *vms, pid_t pid, struct vm *out)
{
	if (process_start(vms->root, pid, &out->start) != 0)
		return -1;

	ssize_t len =
		root_read(vms->root, vms->cmdline, sizeof(vms->cmdline), "proc/%d/cmdline", pid);
	bool too_long = len < 0 && errno == EFBIG;

	if (len < 0 && !too_long)
		return -1;
	vms->cmdline[sizeof(vms->cmdline) - 1] = '\0';
	vms->cmdline_len = too_long ? 0 : (size_t)len;
	if (!is_vm(vms, pid, too_long ? sizeof(vms->cmdline) : (size_t)len))
		return 0;
	memset(out->mapping, 0, sizeof(out->mapping));
	out->pid = pid;
	vmargs_parse(&out->args, vms->cmdline, too_long ? 0 : (size_t)len);
	out->args.doubtful |= too_long;
	if (process_is(vms->root, pid, out->start))
		return 1;
	errno = ESRCH; /* or all of this is of another process, which has got its number */
	return -1;
}

int vms_next(struct vms *vms, struct vm *out)
{
	unsigned int pid;
	int more;

	while ((more = process_list_next(&vms->processes, &pid)) > 0) {
		int taken = vms_take(vms, (pid_t)pid, out);

		if (taken > 0)
			return 1;
		if (taken < 0 && errno != ENOENT && errno != ESRCH)
			return -1; /* other than gone since it was listed */
	}
	return more;
}

bool vm_is_called(const struct vm *vm, const char *name)
{
	return *name && (!strcmp(vm->args.name, name) || !strcasecmp(vm->args.uuid, name));
}
