/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "refuse.h"
#include "inject.h"
#include "page.h"
#include "process.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __x86_64__
enum { MACHINE = EM_X86_64 };
#else
enum { MACHINE = EM_NONE };
#endif

/* Descriptors of whoever has devices write to memory, or other processes map it by file. */
static const struct {
	const char *link; /* how it begins */
	const char *reason;
} hazards[] = {
	{"/dev/vfio/", "vfio"}, {"anon_inode:[vfio-device]", "vfio"}, {"/dev/iommu", "iommufd"},
	{"anon_inode:[iommufd]", "iommufd"}, {"/dev/infiniband/", "infiniband"},
	{"anon_inode:[infinibandevent]", "infiniband"}, {"/dev/vdpa", "vdpa"},
	{"/dev/vhost-vdpa", "vdpa"},
	{"/dev/sev", "sev"}, /* encrypted guests: KVM pins their memory */
};

const char *refuse_architecture(const struct root *root, pid_t pid)
{
	Elf64_Ehdr header = {0};
	int fd = root_openat(root, O_RDONLY, "proc/%d/exe", pid);
	ssize_t n = fd < 0 ? -1 : read_at(fd, &header, sizeof(header), 0);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return "failed";
	return header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_machine == MACHINE
		       ? NULL
		       : "architecture";
}

/* A page with an error in it is in no page table. */
static bool is_in_use(const struct root *root, const struct target *target)
{
	int fd = pagemap_open(root, target->pid);
	uint64_t word;

	if (fd < 0)
		return false;

	bool present = pagemap_read(fd, target->va, &word, 1) == 1 && pagemap_is_present(word);

	close(fd);
	return present;
}

const char *refuse_mapping(const struct root *root, const struct target *target)
{
	if (!target_has(target, "ht"))
		return "no-hugetlb";
	if (!target->vma.shared)
		return "private";
	if (target_has(target, "um") || target_has(target, "uw") || target_has(target, "ui"))
		return "userfaultfd";
	return is_in_use(root, target) ? "no-poison" : NULL;
}

/* --- What the process has open --- */

/* Buffers of io_uring(7) that stay where they are: fdinfo has "UserBufs:\t2". */
static bool has_fixed_buffers(const struct root *root, pid_t pid, unsigned int fd)
{
	static char text[1 << 20]; /* lists every buffer */
	const char *line;

	if (root_read(root, text, sizeof(text), "proc/%d/fdinfo/%u", pid, fd) < 0)
		return errno != ENOENT; /* what cannot be read may be anything */
	line = strstr(text, "\nUserBufs:");
	return line && strtoul(line + strlen("\nUserBufs:"), NULL, 10) > 0;
}

static const char *judge_descriptor(const struct root *root, pid_t pid, unsigned int fd)
{
	char path[64], link[PATH_MAX];

	snprintf(path, sizeof(path), "proc/%d/fd/%u", pid, fd);
	if (process_link(root, link, sizeof(link), path) < 0)
		return NULL; /* closed meanwhile */
	for (size_t i = 0; i < sizeof(hazards) / sizeof(*hazards); i++)
		if (strncmp(link, hazards[i].link, strlen(hazards[i].link)) == 0)
			return hazards[i].reason;
	if (strcmp(link, "anon_inode:[io_uring]") == 0 && has_fixed_buffers(root, pid, fd))
		return "pinned";
	return NULL;
}

static const char *judge_descriptors(const struct root *root, pid_t pid)
{
	struct process_list fds;
	const char *reason = NULL;
	unsigned int fd;
	char path[64];
	int more;

	snprintf(path, sizeof(path), "proc/%d/fd", pid);
	if (process_list_open(&fds, root, path) != 0)
		return "failed";
	while (!reason && (more = process_list_next(&fds, &fd)) > 0)
		reason = judge_descriptor(root, pid, fd);
	process_list_close(&fds);
	return reason || more == 0 ? reason : "failed";
}

/* An option of QEMU: another process writes to the memory, and is given the file, not ours. */
static const char *judge_command_line(const struct root *root, pid_t pid)
{
	static char text[256 << 10];
	int fd = root_openat(root, O_RDONLY, "proc/%d/cmdline", pid);
	ssize_t n = fd < 0 ? -1 : read_at(fd, text, sizeof(text), 0);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return "failed";
	return memmem(text, (size_t)n, "vhost-user", strlen("vhost-user")) ? "vhost-user" : NULL;
}

static const char *judge_pins(const struct root *root, pid_t pid)
{
	uint64_t kilobytes;

	if (process_status_u64(root, pid, pid, "VmPin", 10, &kilobytes) != 0)
		return "failed";
	return kilobytes ? "pinned" : NULL;
}

static const char *judge_filters(const struct root *root, pid_t pid)
{
	uint64_t filters;

	if (process_status_u64(root, pid, pid, "Seccomp", 10, &filters) != 0)
		return errno == ENOENT ? NULL : "failed"; /* a kernel without */
	return filters && inject_can_suspend_seccomp() != 0 ? "seccomp" : NULL;
}

static const char *judge_tracer(const struct root *root, pid_t pid)
{
	int traced = inject_is_traced(root, pid);

	return traced < 0 ? "failed" : traced ? "traced" : NULL;
}

const char *refuse_process(const struct root *root, pid_t pid)
{
	static const char *(*const judges[])(const struct root *, pid_t) = {
		judge_tracer, judge_filters, judge_descriptors, judge_pins, judge_command_line};
	const char *reason = NULL;

	for (size_t i = 0; !reason && i < sizeof(judges) / sizeof(*judges); i++)
		reason = judges[i](root, pid);
	return reason;
}
